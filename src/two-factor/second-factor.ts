import { MINUTE } from '../storage/clock.ts'
import type { Account, User } from '../users/account.ts'
import type { secondFactors } from './tables.ts'

export type SecondFactorRow = typeof secondFactors.$inferSelect

export type FactorMethod = SecondFactorRow['method']

export function isSecurityKey({ method }: Pick<SecondFactorRow, 'method'>): boolean {
  return method === 'u2f' || method === 'webauthn'
}

/** How long a method may stay incomplete. */
export const SETUP_LIFETIME_MS = 10 * MINUTE

/** The limit per user, complete or not. */
export const MOST_FACTORS = 20

export function hasSecondFactor({ typeOf2fa }: Pick<User, 'typeOf2fa'>): boolean {
  return typeOf2fa !== ''
}

/** A user's methods, sorted. */
export function methodsOf({ typeOf2fa }: Pick<User, 'typeOf2fa'>): FactorMethod[] {
  return typeOf2fa === '' ? [] : (typeOf2fa.split('_') as FactorMethod[])
}

/**
 * Whether the rules require a second factor. Shared users are exempt, because no single person could have it.
 * @param now milliseconds since the Unix epoch
 */
export function mustHaveSecondFactor({ user, site }: Account, now: number): boolean {
  if (!user.selfManaged || user.require2fa === 'never_require') return false
  if (user.require2fa === 'always_require') return true
  const { require2fa, require2faUserType, require2faStopTime } = site
  if (!require2fa || (require2faStopTime !== null && require2faStopTime <= now)) return false
  return require2faUserType === 'all' || user.siteAdmin
}

/** The methods that a site allows. A security key is one method with two protocols. */
export function allowedMethods({ site }: Pick<Account, 'site'>): FactorMethod[] {
  const allowed: [boolean, FactorMethod[]][] = [
    [site.allowed2faMethodSms, ['sms']],
    [site.allowed2faMethodTotp, ['totp']],
    [site.allowed2faMethodU2f, ['u2f', 'webauthn']],
    [site.allowed2faMethodYubi, ['yubi']],
  ]
  return allowed.flatMap(([isAllowed, methods]) => (isAllowed ? methods : []))
}
