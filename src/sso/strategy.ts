import { text } from '../http/check-parameters.ts'
import { accepts } from '../login/policy.ts'
import { hostnameNamed, originNamed } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import type { ssoStrategies } from './tables.ts'

export type Strategy = typeof ssoStrategies.$inferSelect

/** The settings of a strategy that an admin chooses; the secret is sealed. */
export type StrategySettings = Omit<
  Strategy,
  'id' | 'siteId' | 'createdAt' | 'originConfirmed' | 'testedOriginName' | 'originTestedAt'
>

/** The owner under which a strategy's client secret is sealed. */
export function secretOwner({ id }: Pick<Strategy, 'id'>): string {
  return `sso-strategy:${id}`
}

/** Whether a user may log in by a strategy, before the policy judges the account. */
export function isAllowedStrategy({ user }: Account, strategy: Pick<Strategy, 'id'>): boolean {
  const isOfAnother = user.ssoStrategyId !== null && user.ssoStrategyId !== strategy.id
  return accepts(user, 'password') || !isOfAnother
}

export type Redirect = Pick<Strategy, 'id' | 'originName'>

/**
 * Returns the address that receives a strategy's callbacks: at the site's own origin, and for one strategy only. A
 * code is received at no other address and is never forwarded (RFC 9700 §2.1, §4.4.2.2).
 */
export function redirectAddress({ id, originName }: Redirect, globalOrigin: URL): string {
  return `${originNamed(originName, globalOrigin)}/login_from_oauth/${id}`
}

export function redirectHost({ originName }: Redirect, globalOrigin: URL): string {
  return hostnameNamed(originName, globalOrigin)
}

export const redirectHostParameter = text(253).describe(
  'A host of the site: of its subdomain, or its verified domain',
)
