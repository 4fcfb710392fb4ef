import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { type Seal, sealedKind } from '../crypto/sealer.ts'
import { insertFrom } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { Consumption, ProofUse } from './consumption.ts'
import { partialSessions } from './tables.ts'

/** A verified password that still needs a second factor, carried by the client. */
export const sealedPartialSession = sealedKind(
  'latchkey-partial+jwt',
  600,
  z.object({
    user: z.int(),
    region: z.string(),
    /** The user's credential version. A change of credentials voids the partial session. */
    version: z.int(),
    /** The kind and name of the host that it began at. */
    host: z.string(),
    /** The challenge for security keys, base64url. */
    challenge: z.string(),
    /** The sealed proof of another method; absent after a password. */
    proof: z.string().optional(),
  }),
)

type PartialSessionContent = z.infer<(typeof sealedPartialSession)['content']>
export type PartialSession = PartialSessionContent & Seal
export type SentPartialSession = PartialSession & { text: string }

/** In characters: a sealed assertion of an identity provider can hold names in any script, escaped twice. */
export const LONGEST_PARTIAL_SESSION = 32_768

/** The key under which its use and its wrong codes are stored. `exp` in seconds since the Unix epoch. */
export type PartialSessionKey = Pick<Seal, 'jti' | 'exp'>

/** This many wrong codes void a partial session. */
const MOST_WRONG_CODES = 5

/** A later sealing may have extended the lifetime that a row must cover. */
const theLater = sql`max(${partialSessions.expiresAt}, excluded.expires_at)`

/** Used and failed partial sessions of one region. */
export class PartialSessionStore extends RegionStore {
  /** Its single use, unless wrong codes have voided it. */
  consumption({ jti, exp }: PartialSessionKey, { consumer }: ProofUse): Consumption {
    return {
      statements: (condition) => [
        insertFrom(
          this.db,
          partialSessions,
          { jti, failures: 0, usedBy: consumer, expiresAt: exp * 1_000 },
          { where: condition },
        ).onConflictDoUpdate({
          target: partialSessions.jti,
          set: { usedBy: consumer, expiresAt: theLater },
          setWhere: sql`${partialSessions.usedBy} IS NULL
            AND ${partialSessions.failures} < ${MOST_WRONG_CODES}`,
        }),
      ],
      isConsumed: sql`EXISTS (SELECT 1 FROM partial_sessions AS consumed
        WHERE consumed.jti = ${jti} AND consumed.used_by = ${consumer})`,
    }
  }

  /** Whether it was used, or wrong codes have voided it. */
  async isVoid({ jti }: PartialSessionKey): Promise<boolean> {
    const [row] = await this.db.select().from(partialSessions).where(sql`jti = ${jti}`)
    return row !== undefined && (row.usedBy !== null || row.failures >= MOST_WRONG_CODES)
  }

  /** The statement that counts a wrong code, if the condition holds. */
  countWrongCode({ jti, exp }: PartialSessionKey, condition: SQL = sql`1`) {
    return insertFrom(
      this.db,
      partialSessions,
      { jti, failures: 1, usedBy: null, expiresAt: exp * 1_000 },
      { where: condition },
    ).onConflictDoUpdate({
      target: partialSessions.jti,
      set: { failures: sql`${partialSessions.failures} + 1`, expiresAt: theLater },
    })
  }
}
