import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { hmacSha256, randomHex } from '../crypto/digests.ts'
import { batch } from './batch.ts'
import { MINUTE } from './clock.ts'
import { usernames } from './directory-tables.ts'
import { isUniqueViolation } from './guarded-storage.ts'
import { insertFrom } from './insert-from.ts'
import type { Region, Regions } from './region.ts'
import type { ReplicatedDatabase } from './regional-database.ts'

/** An unconfirmed claim of this age was interrupted, and may be taken over. */
const CLAIM_LIFETIME_MS = MINUTE

/** A name claimed under all its keys, but not confirmed. */
export interface UsernameClaim {
  usernameDigests: string[]
  claim: string
}

type Entry = typeof usernames.$inferSelect

/**
 * Maps usernames to regions: HMAC(username) → region, and nothing else. It makes usernames unique across regions:
 * claim, insert the user, confirm.
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
   * The region to look up a name in, by its keys in order. An unknown name gets a region too, always the same, so
   * that the work is equal. With a single region, nothing is looked up.
   */
  async regionOf(keys: readonly string[], readFrom: 'nearest' | 'primary'): Promise<Region> {
    const [only, another] = this.#regions.all
    if (only && !another) return only
    const digests = await this.#digestsOf(keys)
    const entries = await this.#database[readFrom]
      .select({ digest: usernames.usernameDigest, regionCode: usernames.regionCode })
      .from(usernames)
      .where(inArray(usernames.usernameDigest, digests))
    const entry = digests
      .map((digest) => entries.find((one) => one.digest === digest))
      .find((one) => one !== undefined)
    const known = entry && this.#regions.withCode(entry.regionCode)
    return known ?? this.#stableGuess(digests.at(-1) ?? '')
  }

  /**
   * Claims a name under all its keys or none. Null if one is taken: by a claim that may still be confirmed, or by
   * what `insertedBy` finds in the region that the entry names.
   * @param input `as` names a claim, so that an interrupted one can continue
   */
  async claim(
    keys: readonly string[],
    region: Region,
    input: { now: number; insertedBy: (region: Region) => Promise<boolean>; as?: string },
  ): Promise<UsernameClaim | null> {
    const { now, as = randomHex(16) } = input
    const claim = { usernameDigests: await this.#digestsOf(keys), claim: as }
    const rows = claim.usernameDigests.map((usernameDigest) => ({
      usernameDigest,
      claim: as,
      regionCode: region.code,
      claimedAt: now,
      confirmedAt: null,
    }))
    const { primary } = this.#database
    try {
      await primary.insert(usernames).values(rows)
      return claim
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
    }
    const held = await primary
      .select()
      .from(usernames)
      .where(inArray(usernames.usernameDigest, claim.usernameDigests))
    for (const entry of held) if (await this.#isHeld(entry, input)) return null
    return (await this.#takeOver(rows, held)) ? claim : null
  }

  async #isHeld(
    entry: Entry,
    input: { now: number; insertedBy: (region: Region) => Promise<boolean>; as?: string },
  ): Promise<boolean> {
    if (entry.confirmedAt === null && entry.claim === input.as) return false
    const mayBeConfirmed = entry.claimedAt > input.now - CLAIM_LIFETIME_MS
    if (entry.confirmedAt === null && mayBeConfirmed) return true
    const heldIn = this.#regions.withCode(entry.regionCode)
    return !heldIn || input.insertedBy(heldIn)
  }

  /** Takes over entries only from the claims that were read, so that of two requests one succeeds. */
  async #takeOver(rows: Entry[], seen: Entry[]): Promise<boolean> {
    const { primary } = this.#database
    const statements = rows.map((row) => {
      const before = seen.find(({ usernameDigest }) => usernameDigest === row.usernameDigest)
      return primary
        .insert(usernames)
        .values(row)
        .onConflictDoUpdate({
          target: usernames.usernameDigest,
          set: row,
          setWhere: eq(usernames.claim, before?.claim ?? ''),
        })
        .returning({ claim: usernames.claim })
    })
    const { taken } = await batch(this.#database, { taken: statements })
    if (taken.every((entries) => entries.length === 1)) return true
    const own = rows.filter((_, nth) => taken[nth]?.length === 1)
    for (const { usernameDigest, claim } of own)
      await this.release({ usernameDigests: [usernameDigest], claim })
    return false
  }

  /** Confirms a claim once the user's row exists. False if another claim took it over. */
  async confirm(claim: UsernameClaim, now: number): Promise<boolean> {
    const confirmed = await this.#database.primary
      .update(usernames)
      .set({ confirmedAt: now })
      .where(ownUnconfirmed(claim))
      .returning({ claim: usernames.claim })
    return confirmed.length === claim.usernameDigests.length
  }

  #digestsOf(keys: readonly string[]): Promise<string[]> {
    return Promise.all(keys.map((key) => hmacSha256(this.#key, key)))
  }

  /** Releases the claim of a name that was not used. */
  async release(claim: UsernameClaim): Promise<void> {
    await this.#database.primary.delete(usernames).where(ownUnconfirmed(claim))
  }

  /**
   * Brings the entries of existing names in line with their rows after a loss, or a restore of the directory to an
   * earlier time. An entry of another region stays if that region has the name as well.
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
    const { restored, held } = await batch(this.#database, {
      restored: insertFrom(
        primary,
        usernames,
        {
          usernameDigest: sql`value ->> 0`,
          regionCode: sql`value ->> 1`,
          claim: sql`value ->> 2`,
          claimedAt: now,
          confirmedAt: now,
        },
        { from: sql`json_each(${rows})`, where: sql`1` },
      )
        .onConflictDoUpdate({
          target: usernames.usernameDigest,
          set: { confirmedAt: now, claim: sql`excluded.claim` },
          setWhere: sql`${usernames.regionCode} = excluded.region_code
            AND ${usernames.confirmedAt} IS NULL`,
        })
        .returning({ digest: usernames.usernameDigest }),
      held: primary
        .select({ digest: usernames.usernameDigest, regionCode: usernames.regionCode })
        .from(sql`json_each(${rows}) AS one`)
        .innerJoin(usernames, sql`${usernames.usernameDigest} = one.value ->> 0`)
        .where(sql`${usernames.regionCode} <> one.value ->> 1`),
    })
    const elsewhere = await Promise.all(
      held.map((entry) => this.#settle(entries, entry, { now, isIn })),
    )
    return {
      restored: restored.length + elsewhere.filter((conflict) => conflict === null).length,
      conflicts: elsewhere.filter((conflict) => conflict !== null),
    }
  }

  /** Moves an entry to the region that has the name; null, or the name's other owner. */
  async #settle(
    entries: { key: string; region: Region; digest: string }[],
    held: { digest: string; regionCode: number },
    input: { now: number; isIn: (region: Region, key: string) => Promise<boolean> },
  ) {
    const entry = entries.find(
      ({ digest, region }) => digest === held.digest && region.code !== held.regionCode,
    )
    if (!entry) return null
    const { key, region } = entry
    const heldIn = this.#regions.withCode(held.regionCode)
    if (heldIn && (await input.isIn(heldIn, key))) return { key, region, heldIn }
    await this.#database.primary
      .update(usernames)
      .set({ regionCode: region.code, claim: randomHex(16), confirmedAt: input.now })
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

function ownUnconfirmed({ usernameDigests, claim }: UsernameClaim) {
  return and(
    inArray(usernames.usernameDigest, usernameDigests),
    eq(usernames.claim, claim),
    isNull(usernames.confirmedAt),
  )
}
