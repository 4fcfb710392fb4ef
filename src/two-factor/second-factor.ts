import { MINUTE } from '../storage/clock.ts'
import type { Account, User } from '../users/account.ts'
import type { secondFactors } from './tables.ts'

export type SecondFactorRow = typeof secondFactors.$inferSelect

export type FactorMethod = SecondFactorRow['method']

export function isSecurityKey({ method }: Pick<SecondFactorRow, 'method'>): boolean {
  return method === 'u2f' || method === 'webauthn'
}

/** How long a factor may stay incomplete. */
export const SETUP_LIFETIME_MS = 10 * MINUTE

/** How many a user may have, complete or not. */
export const MOST_FACTORS = 20

export function hasSecondFactor({ typeOf2fa }: Pick<User, 'typeOf2fa'>): boolean {
  return typeOf2fa !== ''
}

/** The methods that a user has, in order. */
export function methodsOf({ typeOf2fa }: Pick<User, 'typeOf2fa'>): FactorMethod[] {
  return typeOf2fa === '' ? [] : (typeOf2fa.split('_') as FactorMethod[])
}

/**
 * Whether the rules ask a second factor of a user. Users that several people or a machine share are
 * exempt: none of them could have it.
 * @param now milliseconds since the Unix epoch
 */
export function mustHaveSecondFactor({ user, site }: Account, now: number): boolean {
  if (!user.selfManaged || user.require2fa === 'never_require') return false
  if (user.require2fa === 'always_require') return true
  const { require2fa, require2faUserType, require2faStopTime } = site
  if (!require2fa || (require2faStopTime !== null && require2faStopTime <= now)) return false
  return require2faUserType === 'all' || user.siteAdmin
}

/** The methods that a site lets its users set up. A security key is one method by two protocols. */
export function allowedMethods({ site }: Pick<Account, 'site'>): FactorMethod[] {
  const allowed: [boolean, FactorMethod[]][] = [
    [site.allowed2faMethodSms, ['sms']],
    [site.allowed2faMethodTotp, ['totp']],
    [site.allowed2faMethodU2f, ['u2f', 'webauthn']],
    [site.allowed2faMethodYubi, ['yubi']],
  ]
  return allowed.flatMap(([isAllowed, methods]) => (isAllowed ? methods : []))
}
