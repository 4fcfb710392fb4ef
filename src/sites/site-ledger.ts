import { and, eq, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { ssoStrategies } from '../sso/tables.ts'
import { batch } from '../storage/batch.ts'
import { RegionStore } from '../storage/region-store.ts'
import { othersAdministerWithoutHost } from '../users/last-admin.ts'
import { aroundHostChange, retakes } from './host-statements.ts'
import type { Site } from './site.ts'
import { type Logo, logoStatement } from './site-logo.ts'
import { sites } from './tables.ts'

/** The changes of a site. A null logo removes it. */
export interface SiteChanges {
  columns: Partial<Site>
  logo?: Logo | null
}

const HOST_COLUMNS = ['subdomain', 'domain', 'domainVerifiedAt'] as const

interface ChangeOfHosts {
  keysAt: string[]
  givenUp: string[]
  /** What the admin confirmed: that single sign-on stops, and that security keys are lost. */
  confirmed: { ssoStop: boolean; keyLoss: boolean }
}

/**
 * Why a site was not changed: the number of users who would lose security keys, and the strategies that would stop.
 */
export interface Kept {
  kept: 'security-keys' | 'last-admin' | 'sso'
  keyUsers: number
  labels: string[]
}

export class SiteLedger extends RegionStore {
  /**
   * Changes a site and records it, all or nothing. Other sites cannot use a given-up host for a time.
   * @param givenUp the stored names of hosts that the site gives up. Single sign-on that receives callbacks there
   *   stops, which must be confirmed and must leave an admin who can log in
   * @param keysAt the same hosts by name. Security keys registered for them stop working, which must be confirmed too
   * @returns why nothing changed, if nothing did
   * @throws {UniqueViolation} if the subdomain is taken in this region
   */
  async change(
    { id }: Pick<Site, 'id'>,
    { columns, logo }: SiteChanges,
    { event, keysAt, givenUp, confirmed }: ChangeOfHosts & { event: CredentialEvent },
  ): Promise<Site | Kept> {
    const keyUsers = usersWithKeysAt(id, keysAt)
    const noneIsLost = confirmed.keyLoss || givenUp.length === 0 ? sql`1` : sql`${keyUsers} = 0`
    const staysManaged = givenUp.length === 0 ? sql`1` : othersAdministerWithoutHost(id, givenUp)
    const noneStops =
      confirmed.ssoStop || givenUp.length === 0 ? sql`1` : noneReceivesAt(id, givenUp)
    const may = sql`${noneIsLost} AND ${staysManaged} AND ${noneStops}`
    const isOtherHost = HOST_COLUMNS.some((name) => columns[name] !== undefined)
    const releasing = { id, at: event.at }
    const { before, after } = aroundHostChange(this.db, releasing, isOtherHost ? may : sql`0`)
    const { standing, stopping, changed } = await batch(this.database, {
      standing: this.db
        .select({
          noneIsLost: sql<0 | 1>`${noneIsLost}`.as('none_is_lost'),
          keyUsers: sql<number>`${keyUsers}`.as('key_users'),
          staysManaged: sql<0 | 1>`${staysManaged}`.as('stays_managed'),
        })
        .from(sites)
        .where(eq(sites.id, id)),
      stopping: this.db
        .select({ label: ssoStrategies.label })
        .from(ssoStrategies)
        .where(receivesAt(id, givenUp)),
      recorded: recordEvent(this.db, event, may),
      before,
      changed: this.db
        .update(sites)
        .set({ ...columns, ...(logo !== undefined && { logoDigest: logo?.digest ?? null }) })
        .where(sql`id = ${id} AND ${may}`)
        .returning(),
      after,
      logo: logo === undefined ? null : logoStatement(this.db, { siteId: id, logo }, may),
    })
    if (changed[0]) return changed[0]
    const [now] = standing
    if (!now) throw new TypeError('the site is gone')
    const details = { keyUsers: now.keyUsers, labels: stopping.map(({ label }) => label) }
    if (!now.noneIsLost) return { kept: 'security-keys', ...details }
    return { kept: now.staysManaged ? 'sso' : 'last-admin', ...details }
  }

  /** Returns up to `limit` sites whose verified domain was last checked before `before`, the oldest check first. */
  async verifiedBefore(before: number, limit: number): Promise<Site[]> {
    return this.db
      .select()
      .from(sites)
      .where(sql`domain_verified_at IS NOT NULL AND domain_checked_at < ${before}`)
      .orderBy(sites.domainCheckedAt)
      .limit(limit)
  }

  /** Stores the result of a domain's check, if the domain has not changed. */
  async noteCheck(
    site: Site,
    { checkedAt, missingSince }: { checkedAt: number; missingSince: number | null },
  ): Promise<void> {
    await this.db
      .update(sites)
      .set({ domainCheckedAt: checkedAt, domainMissingSince: missingSince })
      .where(isAsVerified(site))
  }

  /**
   * Ends the verification of a domain and records it, if the domain has not changed. Other sites cannot use it for a
   * time.
   */
  async endVerification(site: Site, event: CredentialEvent): Promise<void> {
    const isSame = isAsVerified(site)
    const isStill = sql`EXISTS (SELECT 1 FROM sites WHERE ${isSame})`
    const { before, after } = aroundHostChange(this.db, { id: site.id, at: event.at }, isStill)
    await batch(this.database, {
      recorded: recordEvent(this.db, event, isStill),
      before,
      ended: this.db
        .update(sites)
        .set({ domainVerifiedAt: null, domainMissingSince: null })
        .where(isSame),
      after,
    })
  }

  /** Takes back a name that another site turned out to have. */
  async restore({ id }: Pick<Site, 'id'>, columns: Partial<Site>): Promise<void> {
    await batch(this.database, {
      restored: this.db.update(sites).set(columns).where(eq(sites.id, id)),
      retaken: retakes(this.db, { id }),
    })
  }

  /**
   * Records that a site's domain was verified, if the site still has it. Times in milliseconds.
   * @throws {UniqueViolation} if another site of this region has verified it before
   */
  async recordProof(
    { id }: Pick<Site, 'id'>,
    { domain, proof }: { domain: string; proof: string },
    event: CredentialEvent,
  ): Promise<Site | null> {
    const isProved = sql`EXISTS (SELECT 1 FROM ${sites}
      WHERE id = ${id} AND domain = ${domain} AND domain_verified_at = ${event.at})`
    const { proved } = await batch(this.database, {
      proved: this.db
        .update(sites)
        .set({
          domainVerifiedAt: event.at,
          domainProof: proof,
          domainCheckedAt: event.at,
          domainMissingSince: null,
        })
        .where(and(eq(sites.id, id), eq(sites.domain, domain)))
        .returning(),
      recorded: recordEvent(this.db, event, isProved),
      retaken: retakes(this.db, { id }),
    })
    return proved[0] ?? null
  }
}

/** Whether a domain's verification and last check are as they were read. */
function isAsVerified({ id, domain, domainVerifiedAt, domainMissingSince }: Site): SQL {
  return sql`id = ${id} AND domain = ${domain} AND domain_verified_at = ${domainVerifiedAt}
    AND domain_missing_since IS ${domainMissingSince}`
}

/** The enabled strategies that receive callbacks at one of these hosts. */
function receivesAt(siteId: number, originNames: string[]): SQL {
  return sql`sso_strategies.site_id = ${siteId} AND sso_strategies.enabled
    AND sso_strategies.origin_name IN (SELECT value FROM json_each(${JSON.stringify(originNames)}))`
}

function noneReceivesAt(siteId: number, originNames: string[]): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM sso_strategies WHERE ${receivesAt(siteId, originNames)})`
}

/** The number of users with security keys registered for one of these hosts. */
function usersWithKeysAt(siteId: number, hostnames: string[]): SQL {
  return sql`(SELECT count(DISTINCT owned.user_id) FROM second_factors AS owned
    WHERE owned.site_id = ${siteId} AND owned.completed_at IS NOT NULL
      AND owned.rp_id IN (SELECT value FROM json_each(${JSON.stringify(hostnames)})))`
}
