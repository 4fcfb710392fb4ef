import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { batch } from '../storage/batch.ts'
import { insertFrom } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { Consumption, ProofUse } from './consumption.ts'
import { type NotifiedChange, recordAndNotify } from './notified-change.ts'
import { recoveryCodes } from './tables.ts'

export class RecoveryCodeStore extends RegionStore {
  async isUnused(userId: number, digest: string): Promise<boolean> {
    const found = await this.db
      .select({ digest: recoveryCodes.digest })
      .from(recoveryCodes)
      .where(isUnused(userId, digest))
    return found.length === 1
  }

  consumption(userId: number, digest: string, { consumer, at }: ProofUse): Consumption {
    return {
      statements: (condition) => [
        this.db
          .update(recoveryCodes)
          .set({ usedAt: at, claimedBy: consumer })
          .where(and(isUnused(userId, digest), condition)),
      ],
      isConsumed: sql`EXISTS (SELECT 1 FROM recovery_codes AS consumed
        WHERE consumed.digest = ${digest} AND consumed.claimed_by = ${consumer})`,
    }
  }

  /** Replaces a user's recovery codes. False for the second click of a form. @param codes their digests */
  async renew(
    given: { userId: number; at: number; codes: string[] },
    change: NotifiedChange,
  ): Promise<boolean> {
    const { isFirst } = this.forms
    await batch(this.database, {
      former: this.db
        .delete(recoveryCodes)
        .where(and(eq(recoveryCodes.userId, given.userId), isFirst)),
      inserted: insertRecoveryCodes(this.db, given, isFirst),
      recorded: recordAndNotify(this.db, change, isFirst),
      noted: this.forms.noting(isFirst),
    })
    return !(await this.forms.isRepeat())
  }
}

/** The statement that inserts recovery codes, if the condition holds. @param codes their digests */
export function insertRecoveryCodes(
  db: ReplicatedDatabase['primary'],
  { userId, at, codes }: { userId: number; at: number; codes: string[] },
  condition: SQL,
) {
  return insertFrom(
    db,
    recoveryCodes,
    { digest: sql`value`, userId, createdAt: at, usedAt: null, claimedBy: null },
    { from: sql`json_each(${JSON.stringify(codes)})`, where: condition },
  )
}

function isUnused(userId: number, digest: string) {
  return and(
    eq(recoveryCodes.digest, digest),
    eq(recoveryCodes.userId, userId),
    isNull(recoveryCodes.usedAt),
  )
}
