import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import { hmacSha256 } from '../crypto/digests.ts'
import { networkOf } from '../http/ip-address.ts'
import { DAY } from '../storage/clock.ts'
import { type Inserting, insertFrom } from '../storage/insert-from.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { Slice } from '../storage/slices.ts'
import { users } from '../users/tables.ts'
import type { Device } from './device.ts'
import { knownAddresses } from './tables.ts'

/**
 * How long an address or browser stays known to a user after a full log in. A change of the password, a
 * reset or a disabling ends it at once.
 */
export const KNOWN_FOR_MS = 30 * DAY

/** Written again at most this often. */
const SEEN_INTERVAL_MS = DAY

/** Where a login comes from. */
export interface Caller {
  address: string | null
  /** The browser, where a page is used. */
  device?: Device | null
}

/**
 * Under what a caller is known: its browser, else its address; null where the platform states none:
 * that is never known.
 */
export async function callerDigest(
  key: CryptoKey,
  { address, device }: Caller,
): Promise<string | null> {
  if (device && !device.isNew) return deviceDigest(key, device)
  return address === null ? null : hmacSha256(key, `\u0000address\u0000${networkOf(address)}`)
}

/** Under what a caller is remembered once it has logged in: a new browser by itself, from then on. */
export async function rememberedDigest(key: CryptoKey, caller: Caller): Promise<string | null> {
  return caller.device ? deviceDigest(key, caller.device) : callerDigest(key, caller)
}

function deviceDigest(key: CryptoKey, { id }: Device): Promise<string> {
  return hmacSha256(key, `\u0000device\u0000${id}`)
}

/** When the caller, who is known to the user of the joined row, was last noted; null where it is not known. */
export function knownToSince(caller: {
  callerDigest: Placeholder
  since: Placeholder
}): SQL<number | null> {
  return sql`(SELECT known.last_seen_at FROM known_addresses AS known WHERE known.user_id = users.id
    AND known.address_digest = ${caller.callerDigest}
    AND known.credential_version = users.credential_version
    AND known.last_seen_at > ${caller.since})`
}

/** Whether a login of a known caller has nothing to remember: the note of it is not a day old. */
export function isRemembered(
  {
    callerDigest,
    rememberedDigest,
    at,
  }: { callerDigest: string | null; rememberedDigest: string | null; at: number },
  seenAt: number | null,
): boolean {
  return callerDigest === rememberedDigest && seenAt !== null && seenAt > at - SEEN_INTERVAL_MS
}

/**
 * Whether a user who logged in before never did from any of these callers of late. Unlike for a lock, a
 * new password since then changes nothing.
 */
export function isNewTo(of: { userId: number; callers: string[]; at: number }): SQL {
  return sql`EXISTS (SELECT 1 FROM users WHERE id = ${of.userId} AND last_login_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM known_addresses WHERE user_id = ${of.userId}
      AND address_digest IN ${of.callers} AND last_seen_at > ${of.at - KNOWN_FOR_MS})`
}

/** The statement that makes the address of a login known, if the condition holds. */
export function rememberAddress<RunResult>(
  db: Inserting<RunResult>,
  seen: {
    userId: number | Placeholder
    callerDigest: string | Placeholder
    at: number | Placeholder
  },
  condition: SQL,
) {
  const { userId, at } = seen
  return insertFrom(
    db,
    knownAddresses,
    {
      userId: sql`id`,
      callerDigest: seen.callerDigest,
      credentialVersion: sql`credential_version`,
      lastSeenAt: at,
    },
    { from: sql`${users}`, where: sql`id = ${userId} AND ${condition}` },
  ).onConflictDoUpdate({
    target: [knownAddresses.userId, knownAddresses.callerDigest],
    set: {
      credentialVersion: sql`excluded.credential_version`,
      lastSeenAt: sql`excluded.last_seen_at`,
    },
    setWhere: sql`${knownAddresses.lastSeenAt} <= ${at} - ${SEEN_INTERVAL_MS}
      OR ${knownAddresses.credentialVersion} <> excluded.credential_version`,
  })
}

/** Forgets up to `limit` addresses last seen before `before`, of users of a slice; answers how many. */
export async function sweepKnownAddresses(
  database: ReplicatedDatabase,
  { before, limit, users }: { before: number; limit: number; users: Slice<number> },
): Promise<number> {
  const swept = await database.primary
    .delete(knownAddresses)
    .where(
      sql`(user_id, address_digest) IN (SELECT user_id, address_digest FROM known_addresses
        WHERE user_id >= ${users.from} AND user_id < ${users.before}
          AND last_seen_at < ${before} LIMIT ${limit})`,
    )
    .returning({ userId: knownAddresses.userId })
  return swept.length
}
