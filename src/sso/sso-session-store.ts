import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { isStarted } from '../sessions/insert-session.ts'
import {
  endSessions,
  type SessionKey,
  selectActive,
  selectIds,
} from '../sessions/session-statements.ts'
import { formerSessions, type SessionTable, sessions, sessionTables } from '../sessions/tables.ts'
import { batch } from '../storage/batch.ts'
import { insertFrom } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { Consumption } from '../two-factor/consumption.ts'
import type { Identity } from './identity-store.ts'
import type { Strategy } from './strategy.ts'
import { ssoIdentities, ssoSessions } from './tables.ts'

/** Selects sessions: all of a person, or those of one session at the provider. */
interface SessionSelector {
  issuer: string
  subject: string | null
  providerSession: string | null
}

/** The time and epoch for which sessions count as active. */
interface LiveAt {
  now: number
  epoch: number
}

/** Which sessions of one region began by an identity provider. */
export class SsoSessionStore extends RegionStore {
  /** The statement that links a new session to the identity that it began by. */
  insertion(
    { siteId, strategyId, issuer, subject, lastUsedAt: at }: Identity,
    { sessionId, providerSession }: { sessionId: number; providerSession: string | null },
  ) {
    return insertFrom(
      this.db,
      ssoSessions,
      { sessionId, identityId: sql`id`, providerSession, createdAt: at, strategyId },
      {
        from: sql`sso_identities`,
        where: sql`site_id = ${siteId} AND issuer = ${issuer} AND subject = ${subject}
          AND ${isStarted(sessionId)}`,
      },
    )
  }

  /** The id of the strategy by which a session began; null if it began otherwise. */
  async strategyOf(key: SessionKey): Promise<number | null> {
    const [found] = await this.db
      .select({ strategyId: ssoSessions.strategyId })
      .from(ssoSessions)
      .where(sql`${ssoSessions.sessionId} IN ${selectIds(key)}`)
    return found?.strategyId ?? null
  }

  /** The ids of the users who have selected, active sessions. */
  async usersOf(strategy: Strategy, named: SessionSelector, at: LiveAt): Promise<number[]> {
    const select = (table: SessionTable) =>
      selectActive(this.db, table, { ...at, which: this.#isNamed(table, strategy, named) })
    const { present, former } = await batch(this.database, {
      present: select(sessions),
      former: select(formerSessions),
    })
    return [...new Set([...present, ...former].map(({ userId }) => userId))]
  }

  /** Revokes the selected sessions and records that for their users, if this request consumes the logout token. */
  async end(
    strategy: Strategy,
    named: SessionSelector,
    {
      consumption,
      events,
      ...at
    }: LiveAt & { consumption: Consumption; events: CredentialEvent[] },
  ): Promise<void> {
    const isEnded = (table: SessionTable) =>
      sql`${this.#isNamed(table, strategy, named)} AND ${consumption.isConsumed}`
    const recorded = events.map((event) => {
      const has = sessionTables.map((table) => {
        const which = and(eq(table.userId, event.userId), isEnded(table))
        return sql`EXISTS ${selectActive(this.db, table, { ...at, which })}`
      })
      return recordEvent(this.db, event, sql`(${sql.join(has, sql` OR `)})`)
    })
    await batch(this.database, {
      consumed: consumption.statements(sql`1`),
      recorded,
      ended: endSessions(this.db, isEnded),
    })
  }

  #isNamed(
    table: SessionTable,
    { id, siteId }: Strategy,
    { issuer, subject, providerSession }: SessionSelector,
  ): SQL | undefined {
    const begun = this.db
      .select({ id: ssoSessions.sessionId })
      .from(ssoSessions)
      .innerJoin(ssoIdentities, eq(ssoIdentities.id, ssoSessions.identityId))
      .where(
        and(
          eq(ssoSessions.strategyId, id),
          eq(ssoIdentities.siteId, siteId),
          eq(ssoIdentities.issuer, issuer),
          subject === null ? undefined : eq(ssoIdentities.subject, subject),
          providerSession === null ? undefined : eq(ssoSessions.providerSession, providerSession),
        ),
      )
    return or(inArray(table.id, begun), inArray(table.parentId, begun))
  }
}
