import { type SQL, sql } from 'drizzle-orm'
import { type ProofKind, rowAccepts } from '../users/accepted-proofs.ts'
import type { Account } from '../users/account.ts'
import type { Known } from './account-finder.ts'
import { isLocked } from './failure-counter.ts'
import { judgedRemains } from './judged-remains.ts'
import type { NamedAttempt } from './login-ledger.ts'

/** By what a user proves who they are, and whether that could be guessed. */
export interface ProvedBy {
  proof: ProofKind
  isGuess: boolean
}

/** What a verdict was reached on. */
export type Judged = Known & { account: Account }

/**
 * The condition under which a proof counts: the user is the one that was judged, accepts such a proof, and is not
 * locked out where it could be guessed.
 */
export function mayProve(attempt: NamedAttempt, { account, counter }: Judged, by: ProvedBy): SQL {
  const lockedOut = by.isGuess ? isLocked(counter, attempt.at) : sql`0`
  return sql`${judgedRemains(account, attempt)} AND NOT disabled AND ${rowAccepts(by.proof)}
    AND NOT ${lockedOut}`
}
