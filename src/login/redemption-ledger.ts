import { sql } from 'drizzle-orm'
import { isStarted } from '../sessions/insert-session.ts'
import type { SessionRow } from '../sessions/session.ts'
import { changeSessions } from '../sessions/session-statements.ts'
import { SECOND } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { Consumption, ProofUse } from '../two-factor/consumption.ts'
import { redemptions } from './tables.ts'

/** The one-time tokens that were used in one region. */
export class RedemptionLedger extends RegionStore {
  /** The single use of a token, as long as its session has not timed out. */
  consumption(
    { jti, exp }: { jti: string; exp: number },
    parent: SessionRow,
    { consumer, at }: ProofUse,
  ): Consumption {
    const { db } = this
    const isActive = sql`EXISTS (SELECT 1 FROM keyed_sessions WHERE id = ${parent.id} AND timeout_at > ${at}
      UNION ALL SELECT 1 FROM sessions WHERE id = ${parent.id} AND timeout_at > ${at})`
    const redemption = { jti, sessionId: consumer, expiresAt: exp * SECOND }
    return {
      statements: (condition) => [
        insertFrom(db, redemptions, redemption, {
          where: sql`${condition} AND ${isActive}`,
        }).onConflictDoNothing(),
      ],
      isConsumed: sql`EXISTS (SELECT 1 FROM redemptions WHERE jti = ${jti} AND session_id = ${consumer})`,
    }
  }

  /** The statements by which starting a session counts as a use of the session that the token represents. */
  useOfParent(parent: SessionRow, use: ProofUse & { timeoutAt: number }) {
    const changes = { lastUsedAt: use.at, timeoutAt: use.timeoutAt }
    return changeSessions(
      this.db,
      changes,
      () => sql`id = ${parent.id} AND ${isStarted(use.consumer)}`,
    )
  }
}
