import { accepts } from '../login/policy.ts'
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
