import {
  and,
  asc,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  lt,
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
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { User } from '../users/account.ts'
import { users } from '../users/tables.ts'
import type { LiveSession, SessionRow } from './session.ts'
import {
  deleteSession,
  isUnexpired,
  ownerAllows,
  type SessionKey,
  selectSession,
} from './session-statements.ts'
import { sessions } from './tables.ts'

/** A session as a list of many shows it. */
export interface ListedSession {
  session: SessionRow
  user: Pick<User, 'username'>
  site: Pick<Site, 'subdomain' | 'sessionExpiry'>
}

interface ListAsked {
  now: number
  epoch: number
  /** One user's, one site's, or all of the region's. */
  of: { userId?: number; siteId?: number }
  /** The ids of the user and session to read on from. */
  after: number[]
  limit: number
}

/** The sessions of one region. */
export class SessionStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /**
   * Reads a session with its user and site in one statement, nearby. Where `isRefused` would refuse
   * what a replica shows, or the replica is older than the staleness bound, the primary is asked.
   */
  async find(
    key: SessionKey,
    now: number,
    isRefused: (found: LiveSession) => boolean,
  ): Promise<LiveSession | null> {
    const nearby = await this.#read(this.#database.nearest, key)
    if (nearby && !isStale(nearby.beatAt, now) && !isRefused(nearby)) return nearby
    return this.findAtPrimary(key)
  }

  /** Reads a session as the primary knows it: for what changes credentials, users or rules. */
  async findAtPrimary(key: SessionKey): Promise<LiveSession | null> {
    return (await this.#read(this.#database.primary, key)) ?? null
  }

  async #read(database: ReplicatedDatabase['nearest'], key: SessionKey) {
    const [found] = await selectSession(key).all(database, key)
    return found
  }

  /**
   * Writes a use and the new timeout, in milliseconds. To use a session is to use its parent, without
   * which it would end. False when either has ended or timed out meanwhile.
   */
  async touch(
    { id, parentId }: SessionRow,
    use: { at: number; timeoutAt: number },
  ): Promise<boolean> {
    const used = parentId === null ? [id] : [id, parentId]
    const touched = await this.#database.primary
      .update(sessions)
      .set({ lastUsedAt: use.at, timeoutAt: use.timeoutAt })
      .where(and(inArray(sessions.id, used), gt(sessions.timeoutAt, use.at)))
      .returning({ id: sessions.id })
    return touched.length === used.length
  }

  /**
   * Ends a session that lives, by one statement at the primary. False when there was none: unknown,
   * ended before, timed out, or of another site than the host's.
   */
  async end(
    key: SessionKey,
    asked: { now: number; epoch: number; scope: HostScope },
  ): Promise<boolean> {
    const { scope } = asked
    const values = { ...key, ...scope, ...asked }
    const ended = await deleteSession(key, scope).all(this.#database.primary, values)
    return ended.length > 0
  }

  /** Ends a session that lives, and records who did. False when there was none, or it ended meanwhile. */
  async endRecorded(
    id: number,
    asked: { now: number; epoch: number },
    event: CredentialEvent,
  ): Promise<boolean> {
    const db = this.#database.primary
    const living = db
      .select({ one: sql`1` })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(and(eq(sessions.id, id), isUnexpired(asked), ownerAllows(asked.now)))
    const lives = sql`EXISTS ${living}`
    const { ended } = await batch(this.#database, {
      recorded: recordEvent(db, event, lives),
      ended: db
        .delete(sessions)
        .where(and(eq(sessions.id, id), lives))
        .returning({ id: sessions.id }),
    })
    return ended.length > 0
  }

  /** Ends all sessions of a user but some, and records who did. */
  async endAll({ userId, ...event }: CredentialEvent, kept: number[]): Promise<void> {
    const db = this.#database.primary
    await batch(this.#database, {
      ended: db
        .delete(sessions)
        .where(and(eq(sessions.userId, userId), notInArray(sessions.id, kept))),
      recorded: recordEvent(db, { ...event, userId }, sql`1`),
    })
  }

  /** The statement by which a session has just been given a second factor, if the condition holds. */
  giveSecondFactor({ id }: Pick<SessionRow, 'id'>, at: number, condition: SQL) {
    return this.#database.primary
      .update(sessions)
      .set({ secondFactorAt: at })
      .where(sql`id = ${id} AND ${condition}`)
  }

  /** The statement by which no session rests on a second factor any more, where the user has none left. */
  forgetSecondFactor(userId: number) {
    return this.#database.primary
      .update(sessions)
      .set({ secondFactorAt: 0 })
      .where(sql`user_id = ${userId} AND second_factor_at > 0
        AND EXISTS (SELECT 1 FROM users WHERE id = ${userId} AND type_of_2fa = '')`)
  }

  /** Up to `limit` sessions that live, in the order of their users' ids and their own. */
  async list({ of, after, limit, ...asked }: ListAsked): Promise<ListedSession[]> {
    const [afterUserId = 0, afterId = 0] = after
    // Equal columns, but only in the order of this one does an index give the rows: no sorting.
    const userId = of.siteId === undefined ? sessions.userId : users.id
    return this.#database.primary
      .select({
        session: getTableColumns(sessions),
        user: { username: users.username },
        site: { subdomain: sites.subdomain, sessionExpiry: sites.sessionExpiry },
      })
      .from(users)
      .innerJoin(sessions, eq(sessions.userId, users.id))
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(
        and(
          of.userId === undefined ? undefined : eq(userId, of.userId),
          of.siteId === undefined ? undefined : eq(users.siteId, of.siteId),
          gte(userId, afterUserId),
          or(gt(userId, afterUserId), gt(sessions.id, afterId)),
          isUnexpired(asked),
          ownerAllows(asked.now),
        ),
      )
      .orderBy(asc(userId), asc(sessions.id))
      .limit(limit)
  }

  /** Deletes up to `limit` sessions that timed out before `before`; answers how many. */
  async sweep(before: number, limit: number): Promise<number> {
    const swept = await this.#database.primary
      .delete(sessions)
      .where(
        sql`${sessions.id} IN (SELECT id FROM sessions WHERE ${lt(sessions.timeoutAt, before)} LIMIT ${limit})`,
      )
      .returning({ id: sessions.id })
    return swept.length
  }
}
