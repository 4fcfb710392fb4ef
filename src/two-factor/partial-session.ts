import { inArray, lt, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Seal, SealedKind, Sealer } from '../crypto/sealer.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { Consumption, FactorUse } from './consumption.ts'
import { partialSessions } from './tables.ts'

/** A right password that still needs a second factor, carried by the client. */
const sealedPartialSession = {
  typ: 'latchkey-partial+jwt',
  content: z.object({
    user: z.int(),
    region: z.string(),
    /** The user's credential version; another one now means that it is void. */
    version: z.int(),
    /** The kind of host that it began at, and which. */
    host: z.string(),
    /** What security keys are to sign: base64url. */
    challenge: z.string(),
    /** What stands for the password, sealed; none where the password itself was right. */
    proof: z.string().optional(),
  }),
  lifetimeSeconds: 600,
} satisfies SealedKind<z.ZodType>

export type PartialSessionContent = z.infer<(typeof sealedPartialSession)['content']>
export type PartialSession = PartialSessionContent & Seal
/** One that a caller sent, and the text it was. */
export type SentPartialSession = PartialSession & { text: string }

/** In characters: what single sign-on says of a person, in any script, is sealed in it twice. */
export const LONGEST_PARTIAL_SESSION = 32_768

/** What its use and its wrong codes are counted by. `exp` in seconds since the Unix epoch. */
export type PartialSessionKey = Pick<Seal, 'jti' | 'exp'>

/** How many wrong codes it takes until it has died. */
export const MOST_WRONG_CODES = 5

export function sealPartialSession(
  sealer: Sealer,
  content: PartialSessionContent,
  now: number,
): Promise<string> {
  return sealer.seal(sealedPartialSession, content, now)
}

/** @returns null for what is none of ours, or has expired. Whether it was used is not asked. */
export function unsealPartialSession(
  sealer: Sealer,
  text: string,
  now: number,
): Promise<PartialSession | null> {
  return sealer.unseal(sealedPartialSession, text, now)
}

/** What a row is remembered for may have come to last longer since. */
const theLater = sql`max(${partialSessions.expiresAt}, excluded.expires_at)`

/** What became of partial sessions, in one region. */
export class PartialSessionStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /** Its one use, while it has not died of wrong codes. */
  consumption({ jti, exp }: PartialSessionKey, { by }: FactorUse): Consumption {
    const db = this.#database.primary
    return {
      statements: (condition) => [
        insertFrom(
          db,
          partialSessions,
          { jti, failures: 0, usedBy: by, expiresAt: exp * 1_000 },
          { where: condition },
        ).onConflictDoUpdate({
          target: partialSessions.jti,
          set: { usedBy: by, expiresAt: theLater },
          setWhere: sql`${partialSessions.usedBy} IS NULL
            AND ${partialSessions.failures} < ${MOST_WRONG_CODES}`,
        }),
      ],
      isConsumed: sql`EXISTS (SELECT 1 FROM partial_sessions AS claimed
        WHERE claimed.jti = ${jti} AND claimed.used_by = ${by})`,
    }
  }

  /** Whether it was used, or has died of wrong codes. */
  async isDead({ jti }: PartialSessionKey): Promise<boolean> {
    const [row] = await this.#database.primary
      .select()
      .from(partialSessions)
      .where(sql`jti = ${jti}`)
    return row !== undefined && (row.usedBy !== null || row.failures >= MOST_WRONG_CODES)
  }

  /** The statement that counts a wrong code. */
  countWrongCode({ jti, exp }: PartialSessionKey) {
    return this.#database.primary
      .insert(partialSessions)
      .values({ jti, failures: 1, usedBy: null, expiresAt: exp * 1_000 })
      .onConflictDoUpdate({
        target: partialSessions.jti,
        set: { failures: sql`${partialSessions.failures} + 1`, expiresAt: theLater },
      })
  }

  /** Forgets up to `limit` that expired before `before`; answers how many. */
  async sweep(before: number, limit: number): Promise<number> {
    const db = this.#database.primary
    const old = db
      .select({ jti: partialSessions.jti })
      .from(partialSessions)
      .where(lt(partialSessions.expiresAt, before))
      .limit(limit)
    const swept = await db
      .delete(partialSessions)
      .where(inArray(partialSessions.jti, old))
      .returning({ jti: partialSessions.jti })
    return swept.length
  }
}
