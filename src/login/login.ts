import type { Ctx } from '../context.ts'
import type { SessionString } from '../sessions/session-string.ts'
import type { ProofUse } from '../two-factor/consumption.ts'
import type { Identity, LoginClient, Method } from './methods/method.ts'
import type { FoundAccount, NamedAttempt } from './named-attempt.ts'
import type { Allowed, Verdict } from './verdict.ts'

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
