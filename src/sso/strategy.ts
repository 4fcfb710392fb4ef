import { accepts } from '../login/policy.ts'
import type { Account } from '../users/account.ts'
import type { ssoStrategies } from './tables.ts'

export type Strategy = typeof ssoStrategies.$inferSelect

/** What an admin decides of a strategy; the secret is sealed. */
export type StrategySettings = Omit<
  Strategy,
  'id' | 'siteId' | 'createdAt' | 'originConfirmed' | 'testedOriginName' | 'originTestedAt'
>

/** To what the client secret of a strategy is sealed. */
export function secretOwner({ id }: Pick<Strategy, 'id'>): string {
  return `sso-strategy:${id}`
}

/** Whether a strategy proves the identity of a user, whatever the policy says of them. */
export function isAllowedStrategy({ user }: Account, strategy: Pick<Strategy, 'id'>): boolean {
  const isOfAnother = user.ssoStrategyId !== null && user.ssoStrategyId !== strategy.id
  return accepts(user, 'password') || !isOfAnother
}
