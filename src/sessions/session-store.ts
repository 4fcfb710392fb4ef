import { and, asc, eq, getTableColumns, gt, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import { aliasedColumns } from '../platform/aliased-columns.ts'
import { beatAt, isStale } from '../regions/heartbeat.ts'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { ofHost } from '../sites/of-host.ts'
import type { HostScope, Site } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import { accountColumns, type User } from '../users/account.ts'
import { users } from '../users/tables.ts'
import type { LiveSession, SessionRow } from './session.ts'
import { sessions } from './tables.ts'

/** How a request names a session: by the digest of its string, or as a verified token names it. */
export type SessionKey = { digest: string } | { id: number; userId?: number; siteId?: number }

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
  of: { userId: number } | { siteId: number } | Record<string, never>
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
    const [found] = await database
      .select({ session: aliasedColumns(sessions, 'session'), ...accountColumns, beatAt })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .innerJoin(sites, eq(sites.id, sessions.siteId))
      .where(named(key))
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
    const owner = this.#database.primary
      .select({ one: sql`1` })
      .from(users)
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(
        and(
          eq(users.id, sessions.userId),
          ownerLetsLive(asked.now),
          asked.scope.kind === 'any' ? undefined : ofHost(asked.scope),
        ),
      )
    const ended = await this.#database.primary
      .delete(sessions)
      .where(and(named(key), rowLives(asked), sql`EXISTS ${owner}`))
      .returning({ id: sessions.id })
    return ended.length > 0
  }

  /** Up to `limit` sessions that live, in the order of their users' ids and their own. */
  async list({ of, after, limit, ...asked }: ListAsked): Promise<ListedSession[]> {
    const [afterUserId = 0, afterId = 0] = after
    // Equal columns, but only in the order of this one does an index give the rows: no sorting.
    const userId = 'siteId' in of ? users.id : sessions.userId
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
          'userId' in of ? eq(userId, of.userId) : undefined,
          'siteId' in of ? eq(users.siteId, of.siteId) : undefined,
          gte(userId, afterUserId),
          or(gt(userId, afterUserId), gt(sessions.id, afterId)),
          rowLives(asked),
          ownerLetsLive(asked.now),
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

function rowLives(asked: { now: number; epoch: number }) {
  return and(eq(sessions.epoch, asked.epoch), gt(sessions.timeoutAt, asked.now))
}

/** Of a session joined with its user and site. */
function ownerLetsLive(now: number) {
  return and(
    eq(users.credentialVersion, sessions.credentialVersion),
    eq(users.disabled, false),
    sql`${sessions.lastUsedAt} + ${sites.sessionExpiry} * 3600000 > ${now}`,
  )
}

function named(key: SessionKey): SQL {
  if ('digest' in key) return eq(sessions.digest, key.digest)
  return sql`${and(
    eq(sessions.id, key.id),
    key.userId === undefined ? undefined : eq(sessions.userId, key.userId),
    key.siteId === undefined ? undefined : eq(sessions.siteId, key.siteId),
  )}`
}
