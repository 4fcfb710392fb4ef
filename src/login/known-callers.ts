import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { hmacSha256, randomHex } from '../crypto/digests.ts'
import type { Sealing } from '../crypto/sealer.ts'
import { networkOf } from '../http/ip-address.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { sealedCookie } from '../http/sealed-cookie.ts'
import { DAY } from '../storage/clock.ts'
import { type Inserting, insertFrom } from '../storage/insert-from.ts'
import { users } from '../users/tables.ts'
import { knownAddresses } from './tables.ts'

/** Identifies a browser and no user, and is no credential: `known_addresses` stores whose it is. */
const cookie = sealedCookie('__Host-latchkey-device', {
  typ: 'latchkey-device+jwt',
  lifetimeSeconds: 90 * 86_400,
  content: z.object({ device: z.string() }),
})

/** A browser that people log in with. */
export interface Device {
  id: string
  /** Whether the browser sent no cookie of ours, so that its id is new. */
  isNew: boolean
}

/** Returns the browser of a request. Its id is sealed, so that nobody can invent devices to guess from. */
export async function deviceOf(ctx: Sealing, request: RequestFacts): Promise<Device> {
  const known = await cookie.read(ctx, request)
  return known ? { id: known.device, isNew: false } : { id: randomHex(16), isNew: true }
}

export function deviceCookie(ctx: Sealing, { id }: Device): Promise<string> {
  return cookie.set(ctx, { device: id })
}

/**
 * How long an address or browser stays known to a user after a complete login. A password change, a reset or
 * disabling the user ends it at once.
 */
export const KNOWN_FOR_MS = 30 * DAY

/** The last use is written at most this often. */
const SEEN_INTERVAL_MS = DAY

interface Caller {
  address: string | null
  /** The browser, if a page is used. */
  device?: Device | null
}

/**
 * Returns the digest that a caller may be known by: of its browser, else of its address. Null if the platform states
 * no address, because such a caller is never known.
 */
export async function callerDigest(
  key: CryptoKey,
  { address, device }: Caller,
): Promise<string | null> {
  if (device && !device.isNew) return deviceDigest(key, device)
  return address === null ? null : hmacSha256(key, `\u0000address\u0000${networkOf(address)}`)
}

/** After a login, the caller is known by this digest of its browser, even if that is new. */
export function deviceDigest(key: CryptoKey, { id }: Device): Promise<string> {
  return hmacSha256(key, `\u0000device\u0000${id}`)
}

/** When the caller was last seen, if it is known to the user of the joined row; else null. */
export function knownToSince(caller: {
  callerDigest: Placeholder
  since: Placeholder
}): SQL<number | null> {
  return sql`(SELECT known.last_seen_at FROM known_addresses AS known WHERE known.user_id = users.id
    AND known.address_digest = ${caller.callerDigest}
    AND known.credential_version = users.credential_version
    AND known.last_seen_at > ${caller.since})`
}

/** Whether a known caller was recorded within the last day, so that a login has nothing to write. */
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
 * Whether a user who has logged in before has not used any of these callers recently. A new password does not change
 * that, unlike for a lockout.
 */
export function isNewTo(login: { userId: number; callers: string[]; at: number }): SQL {
  return sql`EXISTS (SELECT 1 FROM users WHERE id = ${login.userId} AND last_login_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM known_addresses WHERE user_id = ${login.userId}
      AND address_digest IN ${login.callers} AND last_seen_at > ${login.at - KNOWN_FOR_MS})`
}

/** The statement that makes the caller of a login known if the condition holds. */
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
