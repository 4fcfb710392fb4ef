import { accepts } from '../login/policy.ts'
import type { Account } from '../users/account.ts'
import type { Strategy } from './strategy.ts'

/** Whether a strategy proves the identity of a user, whatever the policy says of them. */
export function isAllowedStrategy({ user }: Account, strategy: Pick<Strategy, 'id'>): boolean {
  const isOfAnother = user.ssoStrategyId !== null && user.ssoStrategyId !== strategy.id
  return accepts(user, 'password') || !isOfAnother
}
