import type { SQL } from 'drizzle-orm'
import { insertFrom } from '../storage/insert-from.ts'
import type { Database } from '../storage/regional-database.ts'
import type { LoginOutcome } from './login-outcome.ts'
import { loginHistory, NO_SITE } from './tables.ts'

/** What is known about a login attempt, whatever its outcome. */
export interface Attempt {
  id: number
  /** The site of the host that the attempt came in on; null on the global and regional hosts. */
  siteId: number | null
  username: string
  address: string | null
  userAgent: string
  requestId: string
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** The longest part of a User-Agent that is stored, in characters, because anybody can send one. */
const LONGEST_USER_AGENT = 200

export interface AttemptEnd {
  outcome: LoginOutcome
  userId: number | null
  /** The user's site; recorded where the host named none. */
  siteId: number | null
  sessionId: number | null
}

/** The statement that records an attempt, if the condition holds. */
export function recordAttempt(db: Database, attempt: Attempt, end: AttemptEnd, condition: SQL) {
  return insertFrom(db, loginHistory, historyRow(attempt, end), { where: condition })
}

/** The row of an attempt in the history. */
export function historyRow(
  attempt: Attempt,
  { outcome, userId, siteId, sessionId }: AttemptEnd,
): typeof loginHistory.$inferSelect {
  const { id, username, address, requestId, at } = attempt
  return {
    siteId: attempt.siteId ?? siteId ?? NO_SITE,
    createdAt: at,
    id,
    userId,
    username,
    outcome,
    sessionId,
    address,
    userAgent: keptUserAgent(attempt),
    requestId,
    times: 1,
    lastAt: null,
    lastAddress: null,
  }
}

export function keptUserAgent({ userAgent }: Pick<Attempt, 'userAgent'>): string {
  return userAgent.slice(0, LONGEST_USER_AGENT).toWellFormed()
}
