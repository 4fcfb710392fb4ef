import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import type { Problem } from '../http/problem.ts'
import type { SessionString } from '../sessions/session-string.ts'
import { both, type Consumption, type ProofUse } from '../two-factor/consumption.ts'
import type { Account } from '../users/account.ts'
import type { FoundAccount, NamedAttempt } from './failure-counter.ts'
import type { Identity, LoginClient, Method, Proof, Proved } from './methods/method.ts'

/** The state of a login after each step of the pipeline. It is refused with any outcome other than `none`. */
export interface Verdict extends Proved {
  outcome: LoginOutcome
  /** The use of a second factor that the pipeline asked for; null if none was needed. */
  factor: Consumption | null
  /** The client's problem, if it says more than the outcome. */
  problem: Problem | null
  /** Whether an earlier use is the only reason against the login. */
  isUsed: boolean
}

/** An accepted login, which the primary has to confirm. */
export type Allowed = Verdict & { account: Account; proof: Proof }

/** Consumes the proof, all or nothing; null if the proof can be used again, like a password. */
export function consumptionOf({ proof, factor }: Allowed): Consumption | null {
  return proof.consumption && factor
    ? both(proof.consumption, factor)
    : (proof.consumption ?? factor)
}

/** A login in progress: its method and whom it is about. */
export interface Login {
  client: LoginClient
  method: Method
  identity: Identity
  attempt: NamedAttempt
  /** The string of the new session. */
  sessionString: SessionString
  /** The use of what is consumed: by that session. */
  use: ProofUse
}

/**
 * Lets the primary decide about a login that the policy allows. `known`: the primary knows the account in another
 * state than it was judged in, or something was consumed before.
 */
export type Ending<Result> = (
  ctx: Ctx,
  login: Login,
  allowed: Allowed,
) => Promise<{ result: Result } | { known: FoundAccount } | { refused: Verdict }>
