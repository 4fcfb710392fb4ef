import { eq, inArray, lt, sql } from 'drizzle-orm'
import { type Attempt, recordAttempt } from '../audit/record-attempt.ts'
import type { SessionRow } from '../sessions/session.ts'
import { sessions } from '../sessions/tables.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { Account } from '../users/account.ts'
import { accountIsAsJudged } from '../users/as-judged.ts'
import { users } from '../users/tables.ts'
import { changesOf } from './login-ledger.ts'
import { redemptions } from './tables.ts'

/** The one-time tokens that were used in one region. */
export class RedemptionLedger {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /**
   * Uses a token for a session below `row.parentId`, once: of many at the same time, one. That is a use
   * of the parent, too. False when the token was used before, the parent session is gone, or its user is another
   * than was judged; the attempt is recorded all the same.
   */
  async redeem(
    token: { jti: string; exp: number },
    attempt: Attempt,
    { row, judged }: { row: SessionRow; judged: Account },
  ): Promise<boolean> {
    const db = this.#database.primary
    const redeemed = sql`EXISTS (SELECT 1 FROM redemptions
      WHERE jti = ${token.jti} AND session_id = ${row.id})`
    const started = sql`EXISTS (SELECT 1 FROM sessions WHERE id = ${row.id})`
    const [, inserted] = await db.batch([
      db
        .insert(redemptions)
        .select(sql`
          SELECT ${token.jti}, ${row.id}, ${token.exp * 1_000}
          WHERE EXISTS (SELECT 1 FROM sessions
            WHERE id = ${row.parentId} AND timeout_at > ${attempt.at})`)
        .onConflictDoNothing(),
      db.insert(sessions).select(sql`
        SELECT ${row.id}, ${row.digest}, site_id, id, credential_version, ${row.epoch},
          ${row.createdAt}, ${row.lastUsedAt}, ${row.timeoutAt}, ${row.endsAt}, ${row.parentId},
          ${row.address}, ${row.place}, ${row.userAgent}, ${row.authenticatedAt},
          ${row.secondFactorAt}
        FROM ${users}
        WHERE ${accountIsAsJudged(judged)} AND ${redeemed}`),
      db
        .update(sessions)
        .set({ lastUsedAt: row.lastUsedAt, timeoutAt: row.timeoutAt })
        .where(sql`id = ${row.parentId} AND ${started}`),
      db
        .update(users)
        .set({ lastLoginAt: attempt.at })
        .where(sql`${eq(users.id, row.userId)} AND ${started}`),
      recordAttempt(
        db,
        attempt,
        { outcome: 'none', userId: row.userId, siteId: row.siteId, sessionId: row.id },
        started,
      ),
      recordAttempt(
        db,
        attempt,
        { outcome: 'key_mismatch', userId: row.userId, siteId: row.siteId, sessionId: null },
        sql`NOT ${started}`,
      ),
    ])
    return changesOf(inserted) === 1
  }

  /** Forgets up to `limit` uses of tokens that expired before `before`; answers how many. */
  async sweep(before: number, limit: number): Promise<number> {
    const expired = this.#database.primary
      .select({ jti: redemptions.jti })
      .from(redemptions)
      .where(lt(redemptions.expiresAt, before))
      .limit(limit)
    const swept = await this.#database.primary
      .delete(redemptions)
      .where(inArray(redemptions.jti, expired))
      .returning({ jti: redemptions.jti })
    return swept.length
  }
}
