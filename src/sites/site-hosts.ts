import type { KeyValueStore } from '../platform/guarded-storage.ts'
import { keyValueTable } from '../platform/key-value-table.ts'
import type { Region, Regions } from '../regions/region.ts'
import type { SiteHost } from './site.ts'
import type { SiteStore } from './site-store.ts'

/** Where the site of a host lives. Public knowledge. */
export interface SiteHome {
  region: Region
  siteId: number
}

/** Finds the home of a site by its host: KV first, and the regions' databases where KV knows nothing. */
export class SiteHosts {
  readonly #kv: KeyValueStore
  readonly #regions: Regions
  readonly #sitesIn: (region: Region) => SiteStore

  constructor(kv: KeyValueStore, regions: Regions, sitesIn: (region: Region) => SiteStore) {
    this.#kv = kv
    this.#regions = regions
    this.#sitesIn = sitesIn
  }

  async homeOf(host: SiteHost): Promise<SiteHome | null> {
    return (await this.#remembered(host)) ?? (await this.#searched(host))
  }

  async remember(host: SiteHost, { region, siteId }: SiteHome): Promise<void> {
    const home = JSON.stringify({ region: region.name, siteId })
    await this.#kv.put(keyValueTable.host(host), home)
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
    const homes = await Promise.all(
      this.#regions.all.map(async (region) => {
        const site = await this.#sitesIn(region).atHost(host)
        return site && { region, siteId: site.id }
      }),
    )
    const home = homes.find((found) => found !== null) ?? null
    if (home) await this.remember(host, home).catch(() => undefined)
    return home
  }
}
