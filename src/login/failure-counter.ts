import { type SQL, sql } from 'drizzle-orm'
import { hmacSha256 } from '../crypto/digests.ts'
import { sites } from '../sites/tables.ts'
import { DAY, HOUR, MINUTE } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { Database } from '../storage/regional-database.ts'
import type { User } from '../users/account.ts'
import { comparableName } from '../users/username.ts'
import type { NamedAttempt } from './login-ledger.ts'
import { loginFailures } from './tables.ts'

/** On the global and regional hosts, for every name: the site of a known one would tell it apart. */
const SHARED_HOST_POLICY = { tries: 10, withinHours: 1, lockHours: 1 }

/** SDKs repeat a refused request: the same guess counts once in this time. */
const REPETITION_MS = MINUTE

/** From so many failures in a row on, a lock lasts a day at least (NIST SP 800-63B-4 §3.2.2). */
const MOST_IN_A_ROW = 100
const LONG_LOCK_MS = DAY

const MOST_REMEMBERED_GUESSES = 100

/** Under what failures of a name are counted. */
export interface Counters {
  /** The name as typed and the host's site, nothing else: names that nobody has are locked alike. */
  stranger: string
  /** The same for one address that is known to the user: strangers cannot lock it out. */
  knownCaller: string
}

/** @param callerDigest of the caller: see known-callers.ts. No name holds a control character. */
export async function countersFor(
  key: CryptoKey,
  { nameKey, siteId }: { nameKey: string; siteId: number | null },
  callerDigest: string | null,
): Promise<Counters> {
  const stranger = await hmacSha256(key, `${nameKey}\u0000${siteId ?? 'shared'}`)
  return { stranger, knownCaller: `${stranger}:${callerDigest ?? ''}` }
}

/** Under what wrong second factors of a user's logins by single sign-on are counted. */
export function countersOfSso(
  key: CryptoKey,
  { id, siteId }: Pick<User, 'id' | 'siteId'>,
  callerDigest: string | null,
): Promise<Counters> {
  return countersFor(key, { nameKey: `\u0000sso ${id}`, siteId }, callerDigest)
}

/** Every counter of strangers that can lock a user out; those of known callers begin with them. */
export async function countersOf(
  key: CryptoKey,
  user: Pick<User, 'id' | 'siteId' | 'usernameKey' | 'verifiedEmailKey'>,
): Promise<string[]> {
  const keys = [user.usernameKey, ...(user.verifiedEmailKey ? [user.verifiedEmailKey] : [])]
  const names = keys.map(comparableName)
  const counters = await Promise.all([
    ...names.flatMap((nameKey) =>
      [user.siteId, null].map((siteId) => countersFor(key, { nameKey, siteId }, null)),
    ),
    countersOfSso(key, user, null),
  ])
  return counters.map(({ stranger }) => stranger)
}

/** The condition that a row is one of these counters, or of a known caller's beneath them. */
export function isCounterOf(strangers: string[]): SQL {
  const name = loginFailures.nameDigest
  const any = strangers.map((one) => sql`(${name} >= ${one} AND ${name} < ${`${one};`})`)
  return sql`(${sql.join(any, sql` OR `)})`
}

/** What is kept of a guess, for a minute's comparison. */
export async function guessDigest(
  key: CryptoKey,
  { nameKey, secret }: { nameKey: string; secret: string },
): Promise<string> {
  return (await hmacSha256(key, `${nameKey}\u0000guess\u0000${secret}`)).slice(0, 16)
}

/** Whether a counter is locked, as the database of the statement knows it. */
export function isLocked(counter: string, at: number): SQL {
  return sql`EXISTS (SELECT 1 FROM login_failures AS counter
    WHERE counter.name_digest = ${counter} AND counter.locked_until > ${at})`
}

/** Whether this very guess was counted within the last minute. */
export function isRepeatedGuess(
  counter: string,
  { guess, at }: Pick<NamedAttempt, 'guess' | 'at'>,
): SQL {
  return sql`EXISTS (SELECT 1 FROM login_failures AS counter, json_each(counter.recent_guesses) AS one
    WHERE counter.name_digest = ${counter}
      AND one.value ->> 0 = ${guess} AND one.value ->> 1 > ${at - REPETITION_MS})`
}

/** Whether the failure just counted was the one that locked the counter. */
export function isJustLocked(counter: string, siteId: number | null, at: number): SQL {
  return sql`EXISTS (SELECT 1 FROM login_failures AS counter
    WHERE counter.name_digest = ${counter} AND counter.locked_until > ${at}
      AND counter.last_failed_at = ${at} AND counter.failures = ${lockPolicy(siteId).tries})`
}

/** The statement that counts a failure, and locks the counter with the last one that is allowed. */
export function countFailure(
  db: Database,
  {
    counter,
    guess,
    siteId,
    at,
  }: Pick<NamedAttempt, 'guess' | 'siteId' | 'at'> & { counter: string },
  condition: SQL,
) {
  const policy = lockPolicy(siteId)
  const c = loginFailures
  const since = at - REPETITION_MS
  const isRepeated = sql`EXISTS (SELECT 1 FROM json_each(${c.recentGuesses}) AS one
    WHERE one.value ->> 0 = ${guess} AND one.value ->> 1 > ${since})`
  const isAnew = sql`(${c.windowStartedAt} <= ${at} - ${policy.within}
    OR coalesce(${c.lockedUntil} <= ${at}, 0))`
  const failures = sql`CASE WHEN ${isRepeated} THEN ${c.failures}
    WHEN ${isAnew} THEN 1 ELSE ${c.failures} + 1 END`
  const lockTime = sql`CASE WHEN ${c.inARow} + 1 >= ${MOST_IN_A_ROW}
    THEN max(${policy.lock}, ${LONG_LOCK_MS}) ELSE ${policy.lock} END`
  const kept = sql`(SELECT json_group_array(json(value)) FROM (
    SELECT value FROM json_each(${c.recentGuesses}) AS one WHERE one.value ->> 1 > ${since}
    ORDER BY one.key DESC LIMIT ${MOST_REMEMBERED_GUESSES}))`
  return insertFrom(
    db,
    loginFailures,
    {
      nameDigest: counter,
      failures: 1,
      lastFailedAt: at,
      windowStartedAt: at,
      inARow: 1,
      lockedUntil: sql`CASE WHEN 1 >= ${policy.tries} THEN ${at} + ${policy.lock} END`,
      recentGuesses: sql`json_array(json_array(${guess}, ${at}))`,
      lockedBefore: null,
      lastAttempt: null,
      recorded: '{}',
    },
    { where: condition },
  ).onConflictDoUpdate({
    target: c.nameDigest,
    set: {
      failures,
      lastFailedAt: at,
      windowStartedAt: sql`CASE WHEN ${isAnew} AND NOT ${isRepeated} THEN ${at}
        ELSE ${c.windowStartedAt} END`,
      inARow: sql`${c.inARow} + NOT ${isRepeated}`,
      lockedUntil: sql`CASE WHEN ${c.lockedUntil} > ${at} OR ${isRepeated} THEN ${c.lockedUntil}
        WHEN ${failures} >= ${policy.tries} THEN ${at} + ${lockTime} END`,
      recentGuesses: sql`CASE WHEN ${isRepeated} THEN ${c.recentGuesses}
        ELSE json_insert(${kept}, '$[#]', json_array(${guess}, ${at})) END`,
    },
  })
}

/** The rules of the host's site as the primary knows them; times in milliseconds. No tries: no lock. */
function lockPolicy(siteId: number | null): { tries: SQL; within: SQL; lock: SQL } {
  if (siteId === null) {
    const { tries, withinHours, lockHours } = SHARED_HOST_POLICY
    return {
      tries: sql`${tries}`,
      within: sql`${withinHours * HOUR}`,
      lock: sql`${lockHours * HOUR}`,
    }
  }
  const setting = (value: SQL) => sql`(SELECT ${value} FROM ${sites} WHERE ${sites.id} = ${siteId})`
  return {
    tries: setting(sql`CASE WHEN user_lockout THEN user_lockout_tries END`),
    within: setting(sql`user_lockout_within * 3600000`),
    lock: setting(sql`user_lockout_lock_period * 3600000`),
  }
}
