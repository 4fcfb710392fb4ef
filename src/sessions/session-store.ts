import {
  and,
  asc,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  notInArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import type { HostScope, Site } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import { batch } from '../storage/batch.ts'
import { isStale } from '../storage/heartbeat.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { User } from '../users/account.ts'
import { users } from '../users/tables.ts'
import type { LiveSession, SessionRow } from './session.ts'
import {
  changeSessions,
  deleteSession,
  endSessions,
  isUnexpired,
  ownerAllows,
  type SessionKey,
  selectActive,
  selectSession,
} from './session-statements.ts'
import { formerSessions, type SessionTable, sessions, sessionTables } from './tables.ts'

export interface ListedSession {
  session: SessionRow
  user: Pick<User, 'username'>
  site: Pick<Site, 'subdomain' | 'sessionExpiry'>
}

interface SessionQuery {
  now: number
  epoch: number
  /** The sessions of one user, of one site, or of the whole region. */
  owner: { userId?: number; siteId?: number }
  /** The position after which to continue: the ids of a user and a session. */
  after: number[]
  limit: number
}

export class SessionStore extends RegionStore {
  /**
   * Reads a session with its user and site in one statement at the nearest replica. Asks the primary if `isRefused`
   * refuses what the replica has, or if the replica is older than the staleness bound.
   */
  async find(
    key: SessionKey,
    now: number,
    isRefused: (found: LiveSession) => boolean,
  ): Promise<LiveSession | null> {
    const nearby = await this.#read(this.database.nearest, key)
    if (nearby && !isStale(nearby.beatAt, now) && !isRefused(nearby)) return nearby
    return this.findAtPrimary(key)
  }

  /** Reads a session at the primary, for changes of credentials, users or settings. */
  async findAtPrimary(key: SessionKey): Promise<LiveSession | null> {
    return (await this.#read(this.db, key)) ?? null
  }

  async #read(database: ReplicatedDatabase['nearest'], key: SessionKey) {
    const [found] = await selectSession(key).all(database, key)
    return found
  }

  /**
   * Writes a use and the new timeout, in milliseconds. A use also counts for the session's parent, without which the
   * session would end. False if either has ended or timed out meanwhile.
   */
  async touch(
    { id, parentId }: SessionRow,
    use: { at: number; timeoutAt: number },
  ): Promise<boolean> {
    const used = parentId === null ? [id] : [id, parentId]
    let touched = 0
    for (const table of sessionTables) {
      const rows = await this.db
        .update(table)
        .set({ lastUsedAt: use.at, timeoutAt: use.timeoutAt })
        .where(and(inArray(table.id, used), gt(table.timeoutAt, use.at)))
        .returning({ id: table.id })
      touched += rows.length
      if (touched === used.length) return true
    }
    return false
  }

  /**
   * Revokes an active session by one statement at the primary, and a former one by another. False if there was none:
   * unknown, revoked, timed out, or of another site than the host's.
   */
  async end(
    key: SessionKey,
    { scope, ...activeAt }: { now: number; epoch: number; scope: HostScope },
  ): Promise<boolean> {
    const values = { ...key, ...scope, ...activeAt }
    for (const table of sessionTables) {
      const ended = await deleteSession(table, key, scope).all(this.db, values)
      if (ended.length > 0) return true
    }
    return false
  }

  /** Revokes an active session and records who did it. False if there was none, or it ended meanwhile. */
  async endRecorded(
    id: number,
    activeAt: { now: number; epoch: number },
    event: CredentialEvent,
  ): Promise<boolean> {
    const { db } = this
    const isActive = (table: SessionTable) =>
      sql`EXISTS ${selectActive(db, table, { ...activeAt, which: eq(table.id, id) })}`
    const { ended } = await batch(this.database, {
      recorded: recordEvent(db, event, sql`(${sql.join(sessionTables.map(isActive), sql` OR `)})`),
      ended: endSessions(db, (table) => and(eq(table.id, id), isActive(table))),
    })
    return ended.flat().length > 0
  }

  /** Revokes all sessions of a user except some, and records who did it. */
  async endAll({ userId, ...event }: CredentialEvent, kept: number[]): Promise<void> {
    const { db } = this
    await batch(this.database, {
      ended: endSessions(db, (table) => and(eq(table.userId, userId), notInArray(table.id, kept))),
      recorded: recordEvent(db, { ...event, userId }, sql`1`),
    })
  }

  /** The statements that give a session a second factor if the condition holds. */
  giveSecondFactor({ id }: Pick<SessionRow, 'id'>, at: number, condition: SQL) {
    const changes = { secondFactorAt: at }
    return changeSessions(this.db, changes, () => sql`id = ${id} AND ${condition}`)
  }

  /** The statements that remove the second factor from a user's sessions, if the user has none left. */
  forgetSecondFactor(userId: number) {
    return changeSessions(
      this.db,
      { secondFactorAt: 0 },
      () => sql`user_id = ${userId} AND second_factor_at > 0
        AND EXISTS (SELECT 1 FROM users WHERE id = ${userId} AND type_of_2fa = '')`,
    )
  }

  /** Up to `limit` active sessions, in the order of their users' ids and their own. */
  async list(query: SessionQuery): Promise<ListedSession[]> {
    const { present, former } = await batch(this.database, {
      present: this.#selectListed(sessions, query),
      former: this.#selectListed(formerSessions, query),
    })
    const inOrder = [...present, ...former].sort(
      ({ session: a }, { session: b }) => a.userId - b.userId || a.id - b.id,
    )
    return inOrder.slice(0, query.limit)
  }

  #selectListed(table: SessionTable, { owner, after, limit, ...activeAt }: SessionQuery) {
    const [afterUserId = 0, afterId = 0] = after
    // Both columns are equal, but only this one lets an index return the rows in order, without sorting.
    const userId = owner.siteId === undefined ? table.userId : users.id
    return this.db
      .select({
        session: getTableColumns(table),
        user: { username: users.username },
        site: { subdomain: sites.subdomain, sessionExpiry: sites.sessionExpiry },
      })
      .from(users)
      .innerJoin(table, eq(table.userId, users.id))
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(
        and(
          owner.userId === undefined ? undefined : eq(userId, owner.userId),
          owner.siteId === undefined ? undefined : eq(users.siteId, owner.siteId),
          gte(userId, afterUserId),
          or(gt(userId, afterUserId), gt(table.id, afterId)),
          isUnexpired(table, activeAt),
          ownerAllows(table, activeAt.now),
        ),
      )
      .orderBy(asc(userId), asc(table.id))
      .limit(limit)
  }
}
