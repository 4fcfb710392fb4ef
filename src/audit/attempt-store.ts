import { and, desc, eq, gte, inArray, lt, lte, sql } from 'drizzle-orm'
import { MINUTE } from '../storage/clock.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { LoginOutcome } from './login-outcome.ts'
import { type Attempt, type AttemptEnd, recordAttempt } from './record-attempt.ts'
import { loginAttempts } from './tables.ts'

export type RecordedAttempt = typeof loginAttempts.$inferSelect

const MISUSE_INTERVAL_MS = 10 * MINUTE

/** Where a list was left: the newest attempts come first. */
export interface AttemptPlace {
  createdAt: number
  id: number
}

/** Times in milliseconds since the Unix epoch, both included. */
export interface AttemptFilter {
  siteId: number
  userId?: number | undefined
  /** As it was typed, in whatever case, or of this user. */
  name?: { typed: string; userId: number | null } | undefined
  outcomes?: LoginOutcome[] | undefined
  from?: number | undefined
  until?: number | undefined
}

/** The attempts to log in of one region. */
export class AttemptStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /** Up to `limit` attempts of one site, newest first, from the one after `after`. */
  async list(
    filter: AttemptFilter,
    after: AttemptPlace | null,
    limit: number,
  ): Promise<RecordedAttempt[]> {
    const { siteId, userId, name, outcomes, from, until } = filter
    return this.#database.nearest
      .select()
      .from(loginAttempts)
      .where(
        and(
          eq(loginAttempts.siteId, siteId),
          userId === undefined ? undefined : eq(loginAttempts.userId, userId),
          name === undefined
            ? undefined
            : sql`(${loginAttempts.username} = ${name.typed} COLLATE NOCASE OR ${loginAttempts.userId} = ${name.userId})`,
          outcomes === undefined ? undefined : inArray(loginAttempts.outcome, outcomes),
          from === undefined ? undefined : gte(loginAttempts.createdAt, from),
          until === undefined ? undefined : lte(loginAttempts.createdAt, until),
          after === null
            ? undefined
            : sql`(${loginAttempts.createdAt}, ${loginAttempts.id}) < (${after.createdAt}, ${after.id})`,
        ),
      )
      .orderBy(desc(loginAttempts.createdAt), desc(loginAttempts.id))
      .limit(limit)
  }

  /** Records an attempt whose end nothing else depends on. */
  async record(attempt: Attempt, end: AttemptEnd): Promise<void> {
    await recordAttempt(this.#database.primary, attempt, end, sql`1`)
  }

  /**
   * Records that a session was presented that somebody may have stolen: once in ten minutes for each, as whoever
   * has it may go on presenting it.
   */
  async recordMisuse(
    attempt: Attempt & { siteId: number },
    { userId, sessionId }: { userId: number; sessionId: number },
  ): Promise<void> {
    const { siteId, at } = attempt
    const isNews = sql`NOT EXISTS (SELECT 1 FROM login_attempts WHERE site_id = ${siteId}
      AND created_at > ${at - MISUSE_INTERVAL_MS} AND session_id = ${sessionId}
      AND outcome = 'ip_mismatch')`
    const end = { outcome: 'ip_mismatch', userId, siteId, sessionId } as const
    await recordAttempt(this.#database.primary, attempt, end, isNews)
  }

  /** Deletes up to `limit` attempts made before `before`; answers how many. */
  async sweep(before: number, limit: number): Promise<number> {
    const old = this.#database.primary
      .select({ id: loginAttempts.id })
      .from(loginAttempts)
      .where(lt(loginAttempts.createdAt, before))
      .limit(limit)
    const swept = await this.#database.primary
      .delete(loginAttempts)
      .where(inArray(loginAttempts.id, old))
      .returning({ id: loginAttempts.id })
    return swept.length
  }
}
