import { and, eq, isNull, sql } from 'drizzle-orm'
import { MINUTE } from '../platform/clock.ts'
import { hmacSha256, randomHex } from '../platform/digests.ts'
import { isUniqueViolation } from '../platform/guarded-storage.ts'
import { usernames } from './directory-tables.ts'
import type { Region, Regions } from './region.ts'
import type { ReplicatedDatabase } from './regional-database.ts'

/** A claim that was not confirmed in this time was cut short, and may be taken over. */
const CLAIM_LIFETIME_MS = MINUTE

/** A name taken, but not yet confirmed. */
export interface UsernameClaim {
  usernameDigest: string
  claim: string
}

/**
 * Which region a username lives in, across all of them: HMAC(username) → region, and nothing else.
 * It decides that a username is unique (claim, insert the user, confirm).
 */
export class UsernameDirectory {
  readonly #database: ReplicatedDatabase
  readonly #key: CryptoKey
  readonly #regions: Regions

  constructor(database: ReplicatedDatabase, key: CryptoKey, regions: Regions) {
    this.#database = database
    this.#key = key
    this.#regions = regions
  }

  /**
   * The region to look for a name in. One that nobody has gets one too, always the same, so that the
   * work is equal. Where there is but one region, nothing is asked.
   */
  async regionOf(usernameKey: string, asked: 'nearest' | 'primary'): Promise<Region> {
    const [only, another] = this.#regions.all
    if (only && !another) return only
    const digest = await hmacSha256(this.#key, usernameKey)
    const [entry] = await this.#database[asked]
      .select({ regionCode: usernames.regionCode })
      .from(usernames)
      .where(eq(usernames.usernameDigest, digest))
    return (entry && this.#regions.withCode(entry.regionCode)) ?? this.#stableGuess(digest)
  }

  /**
   * Takes a name for what is about to be created under it. Null when it is held: by a claim that may
   * still be confirmed, or by what `insertedBy` finds in the region that the entry names.
   */
  async claim(
    usernameKey: string,
    region: Region,
    asked: { now: number; insertedBy: (region: Region) => Promise<boolean> },
  ): Promise<UsernameClaim | null> {
    const usernameDigest = await hmacSha256(this.#key, usernameKey)
    const claim = { usernameDigest, claim: randomHex(16) }
    const row = { ...claim, regionCode: region.code, claimedAt: asked.now, confirmedAt: null }
    const { primary } = this.#database
    try {
      await primary.insert(usernames).values(row)
      return claim
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
    }
    const [held] = await primary
      .select()
      .from(usernames)
      .where(eq(usernames.usernameDigest, usernameDigest))
    if (!held) return null
    const mayBeConfirmed = held.claimedAt > asked.now - CLAIM_LIFETIME_MS
    if (held.confirmedAt === null && mayBeConfirmed) return null
    const heldIn = this.#regions.withCode(held.regionCode)
    if (!heldIn || (await asked.insertedBy(heldIn))) return null
    const taken = await primary
      .update(usernames)
      .set(row)
      .where(and(eq(usernames.usernameDigest, usernameDigest), eq(usernames.claim, held.claim)))
      .returning({ claim: usernames.claim })
    return taken.length > 0 ? claim : null
  }

  /** Makes a claim final, once the user's row exists. False when another claim took it over. */
  async confirm(claim: UsernameClaim, now: number): Promise<boolean> {
    const confirmed = await this.#database.primary
      .update(usernames)
      .set({ confirmedAt: now })
      .where(ownUnconfirmed(claim))
      .returning({ claim: usernames.claim })
    return confirmed.length > 0
  }

  /** Gives a claim up, of a name that nothing came to have. */
  async release(claim: UsernameClaim): Promise<void> {
    await this.#database.primary.delete(usernames).where(ownUnconfirmed(claim))
  }

  /**
   * Brings the entries of names that exist in the state that their rows are in: after a loss, or a restore
   * of the directory to an earlier time. An entry of another region stays where that has the name as well.
   */
  async restore(
    names: readonly { key: string; region: Region }[],
    now: number,
    isIn: (region: Region, key: string) => Promise<boolean>,
  ): Promise<{ restored: number; conflicts: { key: string; region: Region; heldIn: Region }[] }> {
    const entries = await Promise.all(
      names.map(async (one) => ({ ...one, digest: await hmacSha256(this.#key, one.key) })),
    )
    const rows = JSON.stringify(
      entries.map(({ digest, region }) => [digest, region.code, randomHex(16)]),
    )
    const { primary } = this.#database
    const [restored, held] = await primary.batch([
      primary
        .insert(usernames)
        .select(
          sql`SELECT value ->> 0, value ->> 1, value ->> 2, ${now}, ${now} FROM json_each(${rows}) WHERE 1`,
        )
        .onConflictDoUpdate({
          target: usernames.usernameDigest,
          set: { confirmedAt: now, claim: sql`excluded.claim` },
          setWhere: sql`${usernames.regionCode} = excluded.region_code
            AND ${usernames.confirmedAt} IS NULL`,
        })
        .returning({ digest: usernames.usernameDigest }),
      primary
        .select({ digest: usernames.usernameDigest, regionCode: usernames.regionCode })
        .from(sql`json_each(${rows}) AS one`)
        .innerJoin(usernames, sql`${usernames.usernameDigest} = one.value ->> 0`)
        .where(sql`${usernames.regionCode} <> one.value ->> 1`),
    ])
    const elsewhere = await Promise.all(
      held.map((entry) => this.#settle(entries, entry, { now, isIn })),
    )
    return {
      restored: restored.length + elsewhere.filter((conflict) => conflict === null).length,
      conflicts: elsewhere.filter((conflict) => conflict !== null),
    }
  }

  /** Gives an entry of another region to the region that has the name; null, or who else has it. */
  async #settle(
    entries: { key: string; region: Region; digest: string }[],
    held: { digest: string; regionCode: number },
    asked: { now: number; isIn: (region: Region, key: string) => Promise<boolean> },
  ) {
    const entry = entries.find(
      ({ digest, region }) => digest === held.digest && region.code !== held.regionCode,
    )
    if (!entry) return null
    const { key, region } = entry
    const heldIn = this.#regions.withCode(held.regionCode)
    if (heldIn && (await asked.isIn(heldIn, key))) return { key, region, heldIn }
    await this.#database.primary
      .update(usernames)
      .set({ regionCode: region.code, claim: randomHex(16), confirmedAt: asked.now })
      .where(
        and(eq(usernames.usernameDigest, held.digest), eq(usernames.regionCode, held.regionCode)),
      )
    return null
  }

  #stableGuess(digest: string): Region {
    const { all } = this.#regions
    return all[digest.charCodeAt(0) % all.length] as Region
  }
}

function ownUnconfirmed({ usernameDigest, claim }: UsernameClaim) {
  return and(
    eq(usernames.usernameDigest, usernameDigest),
    eq(usernames.claim, claim),
    isNull(usernames.confirmedAt),
  )
}
