import { type Clock, SECOND } from '../storage/clock.ts'
import type { ExpiringMemory } from '../storage/expiring-memory.ts'
import type { KeyValueStore } from '../storage/guarded-storage.ts'
import { HOST_TTL_SECONDS, keyValueTable } from '../storage/key-value-table.ts'
import type { Region, Regions } from '../storage/region.ts'
import type { HostScope, SiteHost } from './site.ts'
import type { SiteStore } from './site-store.ts'

/** The longest time until this isolate notices that an unknown host belongs to a site. */
const ABSENT_MS = 30 * SECOND

/** The region and id of a host's site. Public. */
export interface SiteHome {
  region: Region
  siteId: number
}

/**
 * Finds the site of a host: in KV first, then in the regions' databases. A region that does not reply matters only if
 * no other region has the site.
 */
export class SiteHosts {
  readonly #kv: KeyValueStore
  readonly #regions: Regions
  readonly #sitesOf: (region: Region) => SiteStore
  /** Hosts that belong to no site: each costs a read of every region's primary. */
  readonly #absent: ExpiringMemory
  readonly #clock: Clock

  constructor(
    kv: KeyValueStore,
    regions: Regions,
    {
      sitesOf,
      absent,
      clock,
    }: { sitesOf: (region: Region) => SiteStore; absent: ExpiringMemory; clock: Clock },
  ) {
    this.#kv = kv
    this.#regions = regions
    this.#sitesOf = sitesOf
    this.#absent = absent
    this.#clock = clock
  }

  /** Null for the global and regional hosts, which belong to no single site. */
  async homeOf(host: HostScope): Promise<SiteHome | null> {
    if (host.kind === 'any') return null
    return (await this.#remembered(host)) ?? (await this.#searched(host))
  }

  async remember(host: SiteHost, { region, siteId }: SiteHome): Promise<void> {
    this.#absent.delete(keyValueTable.host(host))
    const home = JSON.stringify({ region: region.name, siteId })
    await this.#kv.put(keyValueTable.host(host), home, { expirationTtl: HOST_TTL_SECONDS })
  }

  async forget(host: SiteHost): Promise<void> {
    await this.#kv.delete(keyValueTable.host(host))
  }

  async #remembered(host: SiteHost): Promise<SiteHome | null> {
    const text = await this.#kv.get(keyValueTable.host(host)).catch(() => null)
    if (text === null) return null
    const { region: name, siteId } = JSON.parse(text) as { region: string; siteId: number }
    const region = this.#regions.withName(name)
    return region && { region, siteId }
  }

  async #searched(host: SiteHost): Promise<SiteHome | null> {
    const key = keyValueTable.host(host)
    if (this.#absent.find(key, this.#clock())) return null
    const answers = await Promise.allSettled(
      this.#regions.all.map(async (region) => {
        const site = await this.#sitesOf(region).atHost(host)
        return site && { region, siteId: site.id }
      }),
    )
    for (const answer of answers)
      if (answer.status === 'fulfilled' && answer.value) {
        await this.remember(host, answer.value).catch(() => undefined)
        return answer.value
      }
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
    this.#absent.add(key, { value: null, until: this.#clock() + ABSENT_MS })
    return null
  }
}
