import { and, desc, eq, gte, inArray, lte, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/sqlite-core'
import { MINUTE } from '../storage/clock.ts'
import { RegionStore } from '../storage/region-store.ts'
import { everyId, sweepRows } from '../storage/sweep.ts'
import type { LoginOutcome } from './login-outcome.ts'
import { type Attempt, recordAttempt } from './record-attempt.ts'
import { loginAttempts, loginHistory, NO_SITE } from './tables.ts'

export type RecordedAttempt = typeof loginHistory.$inferSelect

const MISUSE_INTERVAL_MS = 10 * MINUTE

/** The position in a list that goes from the newest attempt to the oldest. */
export interface AttemptPlace {
  createdAt: number
  id: number
}

/** Times in milliseconds since the Unix epoch, both included. */
export interface AttemptFilter {
  siteId: number
  userId?: number | undefined
  /** As it was typed, in any letter case, or of this user. */
  name?: { typed: string; userId: number | null } | undefined
  outcomes?: LoginOutcome[] | undefined
  from?: number | undefined
  until?: number | undefined
}

/** The login attempts of one region, with those that an earlier release recorded in `login_attempts`. */
export class AttemptStore extends RegionStore {
  /** Up to `limit` attempts of one site, newest first, from the one after `after`. */
  async list(
    filter: AttemptFilter,
    after: AttemptPlace | null,
    limit: number,
  ): Promise<RecordedAttempt[]> {
    const db = this.database.nearest
    return unionAll(
      db
        .select()
        .from(loginHistory)
        .where(matchesFilter(loginHistory, filter, after)),
      db
        .select(asInHistory)
        .from(loginAttempts)
        .where(matchesFilter(loginAttempts, filter, after)),
    )
      .orderBy(desc(sql`created_at`), desc(sql`id`))
      .limit(limit)
  }

  /**
   * Records that a session was used in a way that suggests theft. Once in ten minutes for each session, because a
   * thief may go on using it.
   */
  async recordMisuse(
    attempt: Attempt & { siteId: number },
    { userId, sessionId }: { userId: number; sessionId: number },
  ): Promise<void> {
    const { siteId, at } = attempt
    const isNews = sql`NOT EXISTS (SELECT 1 FROM login_history WHERE site_id = ${siteId}
      AND created_at > ${at - MISUSE_INTERVAL_MS} AND session_id = ${sessionId}
      AND outcome = 'ip_mismatch')`
    const end = { outcome: 'ip_mismatch', userId, siteId, sessionId } as const
    await recordAttempt(this.db, attempt, end, isNews)
  }

  /** Deletes up to `limit` attempts of a slice of sites from before `before`, and returns how many. */
  async sweep(before: number, limit: number, sites = everyId): Promise<number> {
    const { id, createdAt: at } = loginAttempts
    const swept = await sweepRows(this.database, { key: [id], at }, { before, limit })
    const left = limit - swept
    const sweptHistory = await this.db
      .delete(loginHistory)
      .where(
        sql`(site_id, created_at, id) IN (SELECT site_id, created_at, id FROM login_history
          WHERE site_id IN (SELECT id FROM sites WHERE id >= ${sites.from} AND id < ${sites.before}
              UNION ALL SELECT ${NO_SITE})
            AND created_at < ${before} LIMIT ${left})`,
      )
      .returning({ id: loginHistory.id })
    return swept + sweptHistory.length
  }
}

function matchesFilter(
  table: typeof loginHistory | typeof loginAttempts,
  { siteId, userId, name, outcomes, from, until }: AttemptFilter,
  after: AttemptPlace | null,
): SQL | undefined {
  return and(
    eq(table.siteId, siteId),
    userId === undefined ? undefined : eq(table.userId, userId),
    name === undefined
      ? undefined
      : sql`(${table.username} = ${name.typed} COLLATE NOCASE OR ${table.userId} = ${name.userId})`,
    outcomes === undefined ? undefined : inArray(table.outcome, outcomes),
    from === undefined ? undefined : gte(table.createdAt, from),
    until === undefined ? undefined : lte(table.createdAt, until),
    after === null
      ? undefined
      : sql`(${table.createdAt}, ${table.id}) < (${after.createdAt}, ${after.id})`,
  )
}

/** The columns of a former attempt as those of the history. Each row stands for one attempt. */
const asInHistory = {
  siteId: sql<number>`site_id`,
  createdAt: loginAttempts.createdAt,
  id: loginAttempts.id,
  userId: loginAttempts.userId,
  username: loginAttempts.username,
  outcome: loginAttempts.outcome,
  sessionId: loginAttempts.sessionId,
  address: loginAttempts.address,
  userAgent: loginAttempts.userAgent,
  requestId: loginAttempts.requestId,
  times: sql<number>`1`,
  lastAt: sql<number | null>`NULL`,
  lastAddress: sql<string | null>`NULL`,
}
