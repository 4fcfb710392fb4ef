import { type SQL, sql } from 'drizzle-orm'
import type { Account } from '../users/account.ts'
import type { Known } from './account-finder.ts'
import { isLocked } from './failure-counter.ts'
import { judgedRemains } from './judged-remains.ts'
import type { NamedAttempt } from './login-ledger.ts'

/** By what a user proves who they are. */
export interface ProvedBy {
  /** Whether it could be guessed. */
  isGuess: boolean
}

/** What a verdict was reached on. */
export type Judged = Known & { account: Account }

/**
 * The condition under which a proof counts: the user is the one that was judged, and is not locked out where the proof
 * could be guessed.
 */
export function mayProve(attempt: NamedAttempt, { account, counter }: Judged, by: ProvedBy): SQL {
  const remains = judgedRemains(account, attempt)
  return by.isGuess ? sql`${remains} AND NOT ${isLocked(counter, attempt.at)}` : remains
}
