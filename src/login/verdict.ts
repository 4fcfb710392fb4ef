import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Problem } from '../http/problem.ts'
import { both, type Consumption } from '../two-factor/consumption.ts'
import type { Account } from '../users/account.ts'
import type { Proof, Proved } from './methods/method.ts'

/** How a login stands after each step of the pipeline. It is refused with any outcome other than `none`. */
export interface Verdict extends Proved {
  outcome: LoginOutcome
  /** The use of a second factor that the pipeline asked for; null where none was needed. */
  factor: Consumption | null
  /** What the client is told, where that is more than the outcome says. */
  problem: Problem | null
  /** Whether nothing but an earlier use stands against it. */
  isUsed: boolean
}

/** A login that nothing stands against, for the primary to confirm. */
export type Allowed = Verdict & { account: Account; proof: Proof }

/** What it consumes, all or nothing; null where it can be used again, as a password. */
export function consumptionOf({ proof, factor }: Allowed): Consumption | null {
  return proof.consumption && factor
    ? both(proof.consumption, factor)
    : (proof.consumption ?? factor)
}
