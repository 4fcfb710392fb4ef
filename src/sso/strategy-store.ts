import { and, asc, count, eq, getTableColumns, gt, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { isStarted } from '../sessions/insert-session.ts'
import { endSessions } from '../sessions/session-statements.ts'
import { namesHostOf, ofHost } from '../sites/host-statements.ts'
import type { HostScope } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import { batch } from '../storage/batch.ts'
import { HOUR } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { IdPage } from '../storage/list-pages.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { Consumption } from '../two-factor/consumption.ts'
import { othersAdministerBut } from '../users/last-admin.ts'
import { users } from '../users/tables.ts'
import type { Redirect, Strategy, StrategySettings } from './strategy.ts'
import { ssoIdentities, ssoStrategies } from './tables.ts'

/** The limit per site. */
export const MOST_STRATEGIES = 50

/** For this long after a test login, a strategy may be moved to the host that passed it. */
export const TEST_COUNTS_FOR_MS = HOUR

export class StrategyStore extends RegionStore {
  /** Inserts a strategy; `taken` if the site has one of this provider and label. */
  async insert(
    strategy: Strategy,
    event: CredentialEvent,
  ): Promise<'inserted' | 'taken' | 'too-many'> {
    const ofSite = eq(ssoStrategies.siteId, strategy.siteId)
    const exists = sql`EXISTS (SELECT 1 FROM sso_strategies WHERE id = ${strategy.id})`
    const { taken, all, inserted } = await batch(this.database, {
      taken: this.db
        .select({ id: ssoStrategies.id })
        .from(ssoStrategies)
        .where(
          and(
            ofSite,
            eq(ssoStrategies.provider, strategy.provider),
            eq(ssoStrategies.label, strategy.label),
          ),
        ),
      all: this.db.select({ count: count() }).from(ssoStrategies).where(ofSite),
      inserted: insertFrom(this.db, ssoStrategies, strategy, {
        where: sql`(SELECT count(*) FROM sso_strategies WHERE site_id = ${strategy.siteId})
          < ${MOST_STRATEGIES}`,
      }).onConflictDoNothing(),
      recorded: recordEvent(this.db, event, exists),
      noted: this.forms.noting(exists),
    })
    if (inserted.meta.changes === 1) return 'inserted'
    return taken.length === 0 && (all[0]?.count ?? 0) >= MOST_STRATEGIES ? 'too-many' : 'taken'
  }

  /** Lists a site's strategies by id, without the first `skip`. */
  async list(siteId: number, { after, skip, limit }: IdPage): Promise<Strategy[]> {
    return this.db
      .select()
      .from(ssoStrategies)
      .where(and(eq(ssoStrategies.siteId, siteId), gt(ssoStrategies.id, after)))
      .orderBy(asc(ssoStrategies.id))
      .limit(limit)
      .offset(skip)
  }

  async find(id: number, siteId: number): Promise<Strategy | null> {
    const [found] = await this.db
      .select()
      .from(ssoStrategies)
      .where(and(eq(ssoStrategies.id, id), eq(ssoStrategies.siteId, siteId)))
    return found ?? null
  }

  async withId(id: number): Promise<Strategy | null> {
    const [found] = await this.db.select().from(ssoStrategies).where(eq(ssoStrategies.id, id))
    return found ?? null
  }

  /** The strategies that the login page of a site offers, read from the nearest replica. */
  async offeredOf(siteId: number): Promise<Strategy[]> {
    return this.database.nearest
      .select()
      .from(ssoStrategies)
      .where(and(eq(ssoStrategies.siteId, siteId), receivesLogins))
      .orderBy(asc(ssoStrategies.label), asc(ssoStrategies.id))
  }

  /**
   * The strategy that receives callbacks at this redirect address, if the request's host belongs to its site; null if
   * it is disabled, receives at another address by now, or its host no longer belongs to the site.
   * @param isTest for a test login: every host of the site, even if the strategy is disabled
   */
  async receiverAt(
    { id, originName }: Redirect,
    { scope, isTest }: { scope: HostScope; isTest: boolean },
  ): Promise<Strategy | null> {
    const receives = isTest
      ? namesHostOf(sql`${ssoStrategies.siteId}`, sql`${originName}`)
      : and(receivesLogins, eq(ssoStrategies.originName, originName))
    const [found] = await this.db
      .select(getTableColumns(ssoStrategies))
      .from(ssoStrategies)
      .innerJoin(sites, eq(sites.id, ssoStrategies.siteId))
      .where(
        and(eq(ssoStrategies.id, id), receives, scope.kind === 'any' ? undefined : ofHost(scope)),
      )
    return found ?? null
  }

  /** Records a passed test login at a host, if this request consumes its state and the strategy has not changed. */
  async noteTest(
    { id, clientId, clientSecret, issuer, subdomain }: Strategy,
    { originName, at, consumption }: { originName: string; at: number; consumption: Consumption },
  ): Promise<boolean> {
    const noted = this.db
      .update(ssoStrategies)
      .set({ testedOriginName: originName, originTestedAt: at })
      .where(
        sql`id = ${id} AND client_id = ${clientId} AND client_secret = ${clientSecret}
          AND issuer IS ${issuer} AND subdomain = ${subdomain} AND ${consumption.isConsumed}`,
      )
      .returning({ id: ssoStrategies.id })
    const outcome = await batch(this.database, {
      known: this.db
        .select({ id: ssoStrategies.id })
        .from(ssoStrategies)
        .where(eq(ssoStrategies.id, id)),
      consumed: consumption.statements(sql`1`),
      noted,
    })
    return outcome.noted.length === 1
  }

  /** The statement that confirms a strategy's redirect address, if a session began by it. */
  confirmOrigin({ id, originName }: Redirect, sessionId: number) {
    return this.db
      .update(ssoStrategies)
      .set({ originConfirmed: true })
      .where(
        sql`id = ${id} AND origin_name = ${originName} AND NOT origin_confirmed
          AND ${isStarted(sessionId)}`,
      )
  }

  async countUsers(ids: number[]): Promise<Map<number, number>> {
    const counted = await this.db
      .select({ id: users.ssoStrategyId, count: count() })
      .from(users)
      .where(sql`sso_strategy_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`)
      .groupBy(users.ssoStrategyId)
    return new Map(counted.map((row) => [row.id ?? 0, row.count]))
  }

  /**
   * Changes a strategy; `taken` if another has the label, `gone` if it was deleted, `last-admin` if it would be
   * disabled and no admin of the site could log in otherwise, `untested` if no test login has passed at its new host.
   * Disabling a strategy revokes the sessions that began by it.
   */
  async update(
    { id, siteId, provider }: Strategy,
    changes: Partial<StrategySettings>,
    event: CredentialEvent,
  ): Promise<Strategy | 'taken' | 'last-admin' | 'untested' | 'gone'> {
    const isFree = sql`NOT EXISTS (SELECT 1 FROM sso_strategies AS other
      WHERE other.site_id = ${siteId} AND other.provider = ${provider} AND other.id <> ${id}
        AND other.label = ${changes.label ?? null})`
    const isLeft = changes.enabled === false ? othersAdministerBut({ id, siteId }) : sql`1`
    const mayMove = isTested({ id, siteId }, changes, event.at)
    const { known, changed } = await batch(this.database, {
      known: this.db
        .select({
          isFree: sql<0 | 1>`${isFree}`.as('is_free'),
          mayMove: sql<0 | 1>`${mayMove}`.as('may_move'),
        })
        .from(ssoStrategies)
        .where(eq(ssoStrategies.id, id)),
      recorded: recordEvent(
        this.db,
        event,
        sql`EXISTS (SELECT 1 FROM sso_strategies WHERE id = ${id})
          AND ${isFree} AND ${isLeft} AND ${mayMove}`,
      ),
      changed: this.db
        .update(ssoStrategies)
        .set({ ...changes, ...confirmationAfter(changes) })
        .where(and(eq(ssoStrategies.id, id), isFree, isLeft, mayMove))
        .returning(),
      ended: this.#endSessions(id, isOff(id)),
    })
    if (changed[0]) return changed[0]
    if (!known[0]) return 'gone'
    if (!known[0].isFree) return 'taken'
    return known[0].mayMove ? 'last-admin' : 'untested'
  }

  /**
   * Deletes a strategy and revokes the sessions that began by it. Identities move to another strategy of the site
   * with the same issuer, if there is one. `gone` if it was deleted before, `last-admin` if no admin of the site
   * could log in otherwise.
   */
  async remove(
    { id, siteId }: Strategy,
    event: CredentialEvent,
  ): Promise<'removed' | 'last-admin' | 'gone'> {
    const heir = sql`(SELECT other.id FROM sso_strategies AS other
      JOIN sso_strategies AS own ON own.site_id = other.site_id AND own.id <> other.id
      WHERE own.id = ${id} AND (other.issuer = ${ssoIdentities.issuer}
        OR (other.provider = own.provider AND other.subdomain = own.subdomain
          AND other.issuer IS own.issuer)) ORDER BY other.id LIMIT 1)`
    const { known, removed } = await batch(this.database, {
      known: this.db
        .select({ id: ssoStrategies.id })
        .from(ssoStrategies)
        .where(eq(ssoStrategies.id, id)),
      // Disabling the strategy decides; everything else depends on it.
      turnedOff: this.db
        .update(ssoStrategies)
        .set({ enabled: false })
        .where(and(eq(ssoStrategies.id, id), othersAdministerBut({ id, siteId }))),
      recorded: recordEvent(this.db, event, isOff(id)),
      ended: this.#endSessions(id, isOff(id)),
      freed: this.db
        .update(users)
        .set({ ssoStrategyId: null })
        .where(sql`sso_strategy_id = ${id} AND ${isOff(id)}`),
      inherited: this.db
        .update(ssoIdentities)
        .set({ strategyId: heir })
        .where(sql`strategy_id = ${id} AND ${heir} IS NOT NULL AND ${isOff(id)}`),
      removed: this.db
        .delete(ssoStrategies)
        .where(sql`id = ${id} AND NOT enabled`)
        .returning({ id: ssoStrategies.id }),
    })
    if (removed.length === 1) return 'removed'
    return known.length === 0 ? 'gone' : 'last-admin'
  }

  #endSessions(id: number, condition: SQL) {
    const begun = sql`(SELECT session_id FROM sso_sessions WHERE strategy_id = ${id})`
    return endSessions(
      this.db,
      () => sql`${condition} AND (id IN ${begun} OR parent_id IN ${begun})`,
    )
  }
}

/** A strategy receives logins if it is enabled and its host belongs to its site. */
const receivesLogins = sql`(${ssoStrategies.enabled}
  AND ${namesHostOf(sql`${ssoStrategies.siteId}`, sql`${ssoStrategies.originName}`)})`

/** Whether the changes make this service another client of the provider, which nothing is known about. */
function isOtherClient(changes: Partial<StrategySettings>): boolean {
  const { issuer, subdomain, clientId, clientSecret } = changes
  return [issuer, subdomain, clientId, clientSecret].some((change) => change !== undefined)
}

/** Whether a strategy may move to another host of its site: a test login has passed there since its last change. */
function isTested(
  { id, siteId }: Pick<Strategy, 'id' | 'siteId'>,
  changes: Partial<StrategySettings>,
  at: number,
): SQL {
  const { originName } = changes
  if (originName === undefined) return sql`1`
  if (isOtherClient(changes)) return sql`0`
  return sql`(EXISTS (SELECT 1 FROM sso_strategies AS tested WHERE tested.id = ${id}
      AND tested.tested_origin_name = ${originName}
      AND tested.origin_tested_at > ${at - TEST_COUNTS_FOR_MS})
    AND ${namesHostOf(sql`${siteId}`, sql`${originName}`)})`
}

function confirmationAfter(changes: Partial<StrategySettings>) {
  if (isOtherClient(changes))
    return { originConfirmed: false, testedOriginName: null, originTestedAt: null }
  return changes.originName === undefined ? {} : { originConfirmed: true }
}

function isOff(id: number): SQL {
  return sql`EXISTS (SELECT 1 FROM sso_strategies WHERE id = ${id} AND NOT enabled)`
}
