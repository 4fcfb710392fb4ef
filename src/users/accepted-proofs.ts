import { inArray, type SQL } from 'drizzle-orm'
import type { User } from './account.ts'
import { users } from './tables.ts'

/**
 * What can prove who a user is: `identity-provider` is single sign-on, `second-factor` a code or a security key,
 * `session` the live session that a login token is of.
 */
export type ProofKind = 'password' | 'passkey' | 'second-factor' | 'identity-provider' | 'session'

type Method = User['authenticationMethod']

/**
 * The only place that says which proofs an account accepts: at login, reauthentication, reset, password change
 * and 2FA setup. A method that is off proves nothing anywhere (ASVS 6.3.4).
 */
const proofsOf: Record<Method, readonly ProofKind[]> = {
  password: ['password', 'passkey', 'second-factor', 'identity-provider', 'session'],
  sso: ['identity-provider', 'second-factor', 'session'],
  none: [],
}

export function accepts(
  { authenticationMethod }: Pick<User, 'authenticationMethod'>,
  proof: ProofKind,
): boolean {
  return proofsOf[authenticationMethod].includes(proof)
}

/** The same of a row of `users`, for a statement. */
export function rowAccepts(proof: ProofKind): SQL {
  const methods = (Object.keys(proofsOf) as Method[]).filter((method) =>
    accepts({ authenticationMethod: method }, proof),
  )
  return inArray(users.authenticationMethod, methods)
}
