import { and, eq, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { ssoStrategies } from '../sso/tables.ts'
import { batch } from '../storage/batch.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import { othersAdministerWithoutHost } from '../users/last-admin.ts'
import { aroundHostChange, retakes } from './released-hosts.ts'
import type { Site } from './site.ts'
import { type Logo, logoStatement } from './site-logo.ts'
import { sites } from './tables.ts'

/** What of a site is to be otherwise. A logo of null is none. */
export interface SiteChanges {
  columns: Partial<Site>
  logo?: Logo | null
}

const HOST_COLUMNS = ['subdomain', 'domain', 'domainVerifiedAt'] as const

interface ChangeOfHosts {
  keysAt: string[]
  givenUp: string[]
  /** What the admin knows of: that single sign-on stops, and that security keys are lost. */
  confirmed: { ssoStop: boolean; keyLoss: boolean }
}

/** Why a site stays as it is: how many users would lose security keys, what the strategies are called that would stop. */
export interface Kept {
  kept: 'security-keys' | 'last-admin' | 'sso'
  keyUsers: number
  labels: string[]
}

/** What admins change of the sites of one region, each change with its record. */
export class SiteLedger {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /**
   * Changes a site and records who did, all or nothing. A host that it gives up rests.
   * @param givenUp what is stored of hosts that are the site's no longer: single sign-on that receives there
   *   stops, which has to be confirmed, and must leave an admin who can log in
   * @param keysAt the same hosts by their names: security keys that were made for them work nowhere else, so
   *   that has to be confirmed, too
   * @returns why nothing is changed, where nothing is
   * @throws {UniqueViolation} when the subdomain is taken in this region
   */
  async change(
    { id }: Pick<Site, 'id'>,
    { columns, logo }: SiteChanges,
    { event, keysAt, givenUp, confirmed }: ChangeOfHosts & { event: CredentialEvent },
  ): Promise<Site | Kept> {
    const db = this.#database.primary
    const keyUsers = usersWithKeysAt(id, keysAt)
    const noneIsLost = confirmed.keyLoss || givenUp.length === 0 ? sql`1` : sql`${keyUsers} = 0`
    const staysManaged = givenUp.length === 0 ? sql`1` : othersAdministerWithoutHost(id, givenUp)
    const noneStops =
      confirmed.ssoStop || givenUp.length === 0 ? sql`1` : noneReceivesAt(id, givenUp)
    const may = sql`${noneIsLost} AND ${staysManaged} AND ${noneStops}`
    const isOtherHost = HOST_COLUMNS.some((name) => columns[name] !== undefined)
    const releasing = { id, at: event.at }
    const { before, after } = aroundHostChange(db, releasing, isOtherHost ? may : sql`0`)
    const { standing, stopping, changed } = await batch(this.#database, {
      standing: db
        .select({
          noneIsLost: sql<0 | 1>`${noneIsLost}`.as('none_is_lost'),
          keyUsers: sql<number>`${keyUsers}`.as('key_users'),
          staysManaged: sql<0 | 1>`${staysManaged}`.as('stays_managed'),
        })
        .from(sites)
        .where(eq(sites.id, id)),
      stopping: db
        .select({ label: ssoStrategies.label })
        .from(ssoStrategies)
        .where(receivesAt(id, givenUp)),
      recorded: recordEvent(db, event, may),
      before,
      changed: db
        .update(sites)
        .set({ ...columns, ...(logo !== undefined && { logoDigest: logo?.digest ?? null }) })
        .where(sql`id = ${id} AND ${may}`)
        .returning(),
      after,
      logo: logo === undefined ? null : logoStatement(db, { siteId: id, logo }, may),
    })
    if (changed[0]) return changed[0]
    const [now] = standing
    if (!now) throw new TypeError('the site is gone')
    const told = { keyUsers: now.keyUsers, labels: stopping.map(({ label }) => label) }
    if (!now.noneIsLost) return { kept: 'security-keys', ...told }
    return { kept: now.staysManaged ? 'sso' : 'last-admin', ...told }
  }

  /** Up to `limit` sites whose verified domain was checked last before this moment, the oldest check first. */
  async verifiedBefore(before: number, limit: number): Promise<Site[]> {
    return this.#database.primary
      .select()
      .from(sites)
      .where(sql`domain_verified_at IS NOT NULL AND domain_checked_at < ${before}`)
      .orderBy(sites.domainCheckedAt)
      .limit(limit)
  }

  /** Notes what a check of a verified domain found, if the domain still is what was checked. */
  async noteCheck(
    site: Site,
    { checkedAt, missingSince }: { checkedAt: number; missingSince: number | null },
  ): Promise<void> {
    await this.#database.primary
      .update(sites)
      .set({ domainCheckedAt: checkedAt, domainMissingSince: missingSince })
      .where(isAsVerified(site))
  }

  /** Ends the verification of a domain, which rests, and records that, if it still is what was checked. */
  async endVerification(site: Site, event: CredentialEvent): Promise<void> {
    const db = this.#database.primary
    const isSame = isAsVerified(site)
    const isStill = sql`EXISTS (SELECT 1 FROM sites WHERE ${isSame})`
    const { before, after } = aroundHostChange(db, { id: site.id, at: event.at }, isStill)
    await batch(this.#database, {
      recorded: recordEvent(db, event, isStill),
      before,
      ended: db
        .update(sites)
        .set({ domainVerifiedAt: null, domainMissingSince: null })
        .where(isSame),
      after,
    })
  }

  /** Takes a name back that another site turned out to have. */
  async restore({ id }: Pick<Site, 'id'>, columns: Partial<Site>): Promise<void> {
    const db = this.#database.primary
    await batch(this.#database, {
      restored: db.update(sites).set(columns).where(eq(sites.id, id)),
      retaken: retakes(db, { id }),
    })
  }

  /**
   * Records that a site's domain was proved, if it still is the site's. Times in milliseconds.
   * @throws {UniqueViolation} when another site of this region has proved it before
   */
  async recordProof(
    { id }: Pick<Site, 'id'>,
    { domain, proof }: { domain: string; proof: string },
    event: CredentialEvent,
  ): Promise<Site | null> {
    const db = this.#database.primary
    const isProved = sql`EXISTS (SELECT 1 FROM ${sites}
      WHERE id = ${id} AND domain = ${domain} AND domain_verified_at = ${event.at})`
    const { proved } = await batch(this.#database, {
      proved: db
        .update(sites)
        .set({
          domainVerifiedAt: event.at,
          domainProof: proof,
          domainCheckedAt: event.at,
          domainMissingSince: null,
        })
        .where(and(eq(sites.id, id), eq(sites.domain, domain)))
        .returning(),
      recorded: recordEvent(db, event, isProved),
      retaken: retakes(db, { id }),
    })
    return proved[0] ?? null
  }
}

/** Whether a domain is verified as it was when it was read, and was found or missed then as it was. */
function isAsVerified({ id, domain, domainVerifiedAt, domainMissingSince }: Site): SQL {
  return sql`id = ${id} AND domain = ${domain} AND domain_verified_at = ${domainVerifiedAt}
    AND domain_missing_since IS ${domainMissingSince}`
}

/** The strategies that are on and receive their logins at one of these hosts. */
function receivesAt(siteId: number, originNames: string[]): SQL {
  return sql`sso_strategies.site_id = ${siteId} AND sso_strategies.enabled
    AND sso_strategies.origin_name IN (SELECT value FROM json_each(${JSON.stringify(originNames)}))`
}

function noneReceivesAt(siteId: number, originNames: string[]): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM sso_strategies WHERE ${receivesAt(siteId, originNames)})`
}

/** How many users have security keys that were made for one of these hosts. */
function usersWithKeysAt(siteId: number, hostnames: string[]): SQL {
  return sql`(SELECT count(DISTINCT owned.user_id) FROM second_factors AS owned
    WHERE owned.site_id = ${siteId} AND owned.completed_at IS NOT NULL
      AND owned.rp_id IN (SELECT value FROM json_each(${JSON.stringify(hostnames)})))`
}
