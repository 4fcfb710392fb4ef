import { type SQL, sql } from 'drizzle-orm'
import type { Statement } from '../storage/batch.ts'

/** The use of a proof. */
export interface ProofUse {
  /** The id of what it leads to, such as the new session. */
  consumer: number
  /** Milliseconds since the Unix epoch. */
  at: number
}

/**
 * The single use of a proof, such as a one-time code: of many requests that consume it at the same time, one
 * succeeds. Whatever depends on it stands in the same batch, after its statements.
 */
export interface Consumption {
  /** Statements that consume the proof if the condition holds. */
  statements(condition: SQL): Statement[]
  /** Whether this request is the one that consumed it. */
  isConsumed: SQL
}

/** Consumes two proofs together: the second only if the first is consumed. */
export function both(first: Consumption, second: Consumption): Consumption {
  return {
    statements: (condition) => [
      ...first.statements(condition),
      ...second.statements(sql`${condition} AND ${first.isConsumed}`),
    ],
    isConsumed: sql`${first.isConsumed} AND ${second.isConsumed}`,
  }
}
