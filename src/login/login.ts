import type { Ctx } from '../context.ts'
import type { SessionString } from '../sessions/session-string.ts'
import type { FactorUse } from '../two-factor/consumption.ts'
import type { Identity, LoginClient, Method } from './methods/method.ts'
import type { FoundAccount, NamedAttempt } from './named-attempt.ts'
import type { Allowed, Verdict } from './verdict.ts'

/** A login under way: by which method, and whom it is about. */
export interface Login {
  client: LoginClient
  method: Method
  identity: Identity
  attempt: NamedAttempt
  /** Of the session to be. */
  sessionString: SessionString
  /** The use of what is consumed: `by` is the id of that session. */
  use: FactorUse
}

/**
 * What the primary decides of a login that nothing stands against. `known`: it knows the account otherwise than it
 * was judged, or something was consumed before.
 */
export type Ending<Result> = (
  ctx: Ctx,
  login: Login,
  allowed: Allowed,
) => Promise<{ result: Result } | { known: FoundAccount } | { refused: Verdict }>
