import { type SQL, sql } from 'drizzle-orm'
import type { Statement } from '../storage/batch.ts'

/** The use of a 2FA method: `by` is the id of what it leads to, `at` in milliseconds since the Unix epoch. */
export interface FactorUse {
  by: number
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
