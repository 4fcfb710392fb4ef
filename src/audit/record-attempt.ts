import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { LoginOutcome } from './login-outcome.ts'
import { loginAttempts } from './tables.ts'

/** What is known of an attempt to log in, whatever its end. */
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

export interface AttemptEnd {
  outcome: LoginOutcome
  userId: number | null
  /** The user's site; recorded where the host named none. */
  siteId: number | null
  sessionId: number | null
}

/** The statement that records an attempt, if the condition holds. */
export function recordAttempt(
  db: DrizzleD1Database,
  attempt: Attempt,
  { outcome, userId, siteId, sessionId }: AttemptEnd,
  condition: SQL,
) {
  return db.insert(loginAttempts).select(sql`
    SELECT ${attempt.id}, ${attempt.siteId ?? siteId}, ${userId}, ${attempt.username},
      ${outcome}, ${sessionId}, ${attempt.address}, ${attempt.userAgent}, ${attempt.requestId},
      ${attempt.at}
    WHERE ${condition}`)
}
