import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { Attempt } from '../audit/record-attempt.ts'
import { hmacSha256 } from '../crypto/digests.ts'
import type { HostScope } from '../sites/site.ts'
import { MINUTE } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { Database } from '../storage/regional-database.ts'
import type { Account, User } from '../users/account.ts'
import { comparableName } from '../users/username.ts'
import { loginFailures } from './tables.ts'

/**
 * The users that a name can mean: those of every site on the global and regional hosts, otherwise those of one site, so
 * that a name of another site never shadows one of its own.
 */
export type UsersOf = HostScope | { kind: 'site-id'; siteId: number }

/** The user that a login names: by username, or on the site's own host also by a verified address. */
export interface NamedAccount {
  /** The name's present and former key. A user of the former key takes precedence: see nameKeys. */
  nameKey: string
  formerKey: string
  usersOf: UsersOf
  counters: Counters
  /** The digest of the caller: see known-callers.ts. */
  callerDigest: string | null
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** What a store knows of a name and a caller: the account, and until when the name is locked. */
export interface FoundAccount {
  account: Account | null
  /** The counter for failures of this caller. */
  counter: string
  /** What this counter shares with other names; null for a known caller's. */
  shared: string | null
  lockedUntil: number | null
  /** Whether a login deletes failures: of this counter, or of this caller if it is known to the user. */
  hasFailures: boolean
  /** When the caller was last stored as known to the user; null if it is not known. */
  seenAt: number | null
}

/** The keys of the counters for a name's failures. */
export interface Counters {
  /** The name as typed and the host's site, nothing else, so that unknown names are locked in the same way. */
  stranger: string
  /** The counter that names of the host's site share once the site has used up its counters for the day. */
  shared: string
  /** The same for one caller that is known to the user, whom strangers cannot lock out. */
  knownCaller: string
}

export interface NamedAttempt extends Attempt, NamedAccount {
  /** Returns an HMAC of name and password, which only a refusal needs. */
  guess: () => Promise<string>
  /** The digest under which the caller is known after a success: see known-callers.ts. */
  rememberedDigest: string | null
  /** The sites that the request's host serves. */
  scope: HostScope
  /** Not by a page. */
  byProgram: boolean
}

/** Two digits of base64url: a site has at most 4,096 shared counters. */
const SHARED_PREFIX = 2

/** @param callerDigest see known-callers.ts. Names contain no control characters, so U+0000 separates the parts. */
export async function countersFor(
  key: CryptoKey,
  { nameKey, siteId }: { nameKey: string; siteId: number | null },
  callerDigest: string | null,
): Promise<Counters> {
  const stranger = await hmacSha256(key, `${nameKey}\u0000${siteId ?? 'shared'}`)
  // Sorts before every counter that it stands for, and is swept together with them.
  const shared = `${stranger.slice(0, SHARED_PREFIX)}!${siteId ?? 'shared'}`
  return { stranger, shared, knownCaller: `${stranger}:${callerDigest ?? ''}` }
}

/** The counters of wrong second factors in a user's logins by single sign-on. */
export function countersOfSso(
  key: CryptoKey,
  { id, siteId }: Pick<User, 'id' | 'siteId'>,
  callerDigest: string | null,
): Promise<Counters> {
  return countersFor(key, { nameKey: `\u0000sso ${id}`, siteId }, callerDigest)
}

/** A stranger's counter that can lock a user out, and the counter that it may share with other names. */
export type StrangersCounter = Pick<Counters, 'stranger' | 'shared'>

/** Returns all of these counters of a user. The counters of known callers begin with them. */
export async function countersOf(
  key: CryptoKey,
  user: Pick<User, 'id' | 'siteId' | 'usernameKey' | 'verifiedEmailKey'>,
): Promise<StrangersCounter[]> {
  const keys = [user.usernameKey, ...(user.verifiedEmailKey ? [user.verifiedEmailKey] : [])]
  const names = keys.map(comparableName)
  return Promise.all([
    ...names.flatMap((nameKey) =>
      [user.siteId, null].map((siteId) => countersFor(key, { nameKey, siteId }, null)),
    ),
    countersOfSso(key, user, null),
  ])
}

/**
 * The statements that forget a user's failures and end their lockout. Other names count in a shared counter, so it
 * stays: the user gets a counter of their own, which takes precedence over it.
 */
export function forgetting(
  db: Database,
  { counters, at }: { counters: StrangersCounter[]; at: number },
  condition: SQL,
) {
  const own = counters.map(({ stranger }) => isBeneath(stranger))
  const pairs = JSON.stringify(counters.map(({ stranger, shared }) => [stranger, shared]))
  return [
    db.delete(loginFailures).where(sql`(${sql.join(own, sql` OR `)}) AND ${condition}`),
    insertFrom(
      db,
      loginFailures,
      {
        nameDigest: sql`one.value ->> 0`,
        failures: 0,
        lastFailedAt: at,
        windowStartedAt: 0,
        inARow: 0,
        lockedUntil: null,
        recentGuesses: '[]',
        lockedBefore: null,
        lastAttempt: null,
        recorded: '{}',
      },
      {
        from: sql`json_each(${pairs}) AS one`,
        where: sql`EXISTS (SELECT 1 FROM login_failures AS shared
          WHERE shared.name_digest = one.value ->> 1) AND ${condition}`,
      },
    ),
  ]
}

/** Whether a row is this counter, or the counter of a known caller derived from it. */
function isBeneath(stranger: string): SQL {
  const name = loginFailures.nameDigest
  return sql`(${name} >= ${stranger} AND ${name} < ${`${stranger};`})`
}

/** Returns what is stored of a guess, to compare it with others for a minute. */
export async function guessDigest(
  key: CryptoKey,
  { nameKey, secret }: { nameKey: string; secret: string },
): Promise<string> {
  return (await hmacSha256(key, `${nameKey}\u0000guess\u0000${secret}`)).slice(0, 16)
}

/** A counter by the name of its row, or the placeholder for it. */
export interface Counter {
  counter: string | Placeholder | SQL
  /** Null for a known caller, whose counter is not shared. */
  shared: string | Placeholder | SQL | null
}

/** The counter that decides about a name: its own if there is one, else the shared one. */
export function decidingCounter({ counter, shared }: Counter): SQL {
  return sql`CASE WHEN EXISTS (SELECT 1 FROM login_failures WHERE name_digest = ${counter})
    THEN ${counter} ELSE ${shared} END`
}

/** Whether a counter is locked when the statement runs. */
export function isLocked(counter: Counter, at: number | Placeholder): SQL {
  return sql`EXISTS (SELECT 1 FROM login_failures AS counter
    WHERE counter.name_digest = ${decidingCounter(counter)} AND counter.locked_until > ${at})`
}

/** SDKs repeat refused requests, so the same guess counts once within this time. */
export const REPETITION_MS = MINUTE

/** Whether the same guess was counted within the last minute. */
export function isRepeatedGuess(
  counter: Counter,
  { guess, at }: { guess: string; at: number },
): SQL {
  return sql`EXISTS (SELECT 1 FROM login_failures AS counter, json_each(counter.recent_guesses) AS one
    WHERE counter.name_digest = ${decidingCounter(counter)}
      AND one.value ->> 0 = ${guess} AND one.value ->> 1 > ${at - REPETITION_MS})`
}
