import { type SQL, sql } from 'drizzle-orm'
import type { Statement } from '../storage/batch.ts'

/** The use of a factor: `by` is the id of what it leads to, `at` in milliseconds since the Unix epoch. */
export interface FactorUse {
  by: number
  at: number
}

/**
 * That something was proved, and may be proved by it once: of many claims at the same time, one is made.
 * Whatever hangs on it stands in the same batch, after its statements.
 */
export interface Claim {
  /** Use it up, if the condition holds. */
  statements(condition: SQL): Statement[]
  /** Whether it was this very claim that did. */
  isMade: SQL
}

/** A claim that is made only together with another, which comes first. */
export function both(first: Claim, second: Claim): Claim {
  return {
    statements: (condition) => [
      ...first.statements(condition),
      ...second.statements(sql`${condition} AND ${first.isMade}`),
    ],
    isMade: sql`${first.isMade} AND ${second.isMade}`,
  }
}
