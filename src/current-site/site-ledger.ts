import { and, eq, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../history/credential-event.ts'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import type { Site } from '../sites/site.ts'
import { type Logo, logoStatement } from '../sites/site-logo.ts'
import { sites } from '../sites/tables.ts'
import { ssoStrategies } from '../sso/tables.ts'
import { othersAdministerWithoutHost } from '../users/last-admin.ts'

/** What of a site is to be otherwise. A logo of null is none. */
export interface SiteChanges {
  columns: Partial<Site>
  logo?: Logo | null
}

interface ChangeOfHosts {
  keysAt: string | null
  givenUp: string[]
  isConfirmed: boolean
}

/** Why a site stays as it is, with what the strategies are called that would stop. */
export interface Kept {
  kept: 'security-keys' | 'last-admin' | 'sso'
  labels: string[]
}

/** What admins change of the sites of one region, each change with its record. */
export class SiteLedger {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /**
   * Changes a site and records who did, all or nothing.
   * @param keysAt the host name at which no security key may be registered; null: it does not matter
   * @param givenUp what is stored of hosts that are the site's no longer: single sign-on that receives there
   *   stops, which has to be confirmed, and must leave an admin who can log in
   * @returns why nothing is changed, where nothing is
   * @throws {UniqueViolation} when the subdomain is taken in this region
   */
  async change(
    { id }: Pick<Site, 'id'>,
    { columns, logo }: SiteChanges,
    { event, keysAt, givenUp, isConfirmed }: ChangeOfHosts & { event: CredentialEvent },
  ): Promise<Site | Kept> {
    const db = this.#database.primary
    const noKeys = noKeysAt(id, keysAt)
    const staysManaged = givenUp.length === 0 ? sql`1` : othersAdministerWithoutHost(id, givenUp)
    const noneStops = isConfirmed || givenUp.length === 0 ? sql`1` : noneReceivesAt(id, givenUp)
    const may = sql`${noKeys} AND ${staysManaged} AND ${noneStops}`
    const [standing, stopping, , changed] = await db.batch([
      db
        .select({
          noKeys: sql<0 | 1>`${noKeys}`.as('no_keys'),
          staysManaged: sql<0 | 1>`${staysManaged}`.as('stays_managed'),
        })
        .from(sites)
        .where(eq(sites.id, id)),
      db.select({ label: ssoStrategies.label }).from(ssoStrategies).where(receivesAt(id, givenUp)),
      recordEvent(db, event, may),
      db
        .update(sites)
        .set({ ...columns, ...(logo !== undefined && { logoDigest: logo?.digest ?? null }) })
        .where(sql`id = ${id} AND ${may}`)
        .returning(),
      ...(logo === undefined ? [] : [logoStatement(db, { siteId: id, logo }, may)]),
    ] as const)
    if (changed[0]) return changed[0]
    const labels = stopping.map(({ label }) => label)
    if (!standing[0]?.noKeys) return { kept: 'security-keys', labels }
    return { kept: standing[0].staysManaged ? 'sso' : 'last-admin', labels }
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

  /** Ends the verification of a domain, and records that, if it still is what was checked. */
  async endVerification(site: Site, event: CredentialEvent): Promise<void> {
    const db = this.#database.primary
    const isSame = isAsVerified(site)
    await db.batch([
      recordEvent(db, event, sql`EXISTS (SELECT 1 FROM sites WHERE ${isSame})`),
      db.update(sites).set({ domainVerifiedAt: null, domainMissingSince: null }).where(isSame),
    ])
  }

  /** Takes a name back that another site turned out to have. */
  async restore({ id }: Pick<Site, 'id'>, columns: Partial<Site>): Promise<void> {
    await this.#database.primary.update(sites).set(columns).where(eq(sites.id, id))
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
    const [proved] = await db.batch([
      db
        .update(sites)
        .set({
          domainVerifiedAt: event.at,
          domainProof: proof,
          domainCheckedAt: event.at,
          domainMissingSince: null,
        })
        .where(and(eq(sites.id, id), eq(sites.domain, domain)))
        .returning(),
      recordEvent(db, event, isProved),
    ])
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

function noKeysAt(siteId: number, host: string | null): SQL {
  return host === null
    ? sql`1`
    : sql`NOT EXISTS (SELECT 1 FROM second_factors WHERE site_id = ${siteId} AND rp_id = ${host})`
}
