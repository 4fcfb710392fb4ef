import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { accepts, outcomeOf, whyDenied } from '../login/policy.ts'
import type { HostScope } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import type { Strategy } from './strategy.ts'

export interface Coming {
  scope: HostScope
  region: Region
  strategy: Pick<Strategy, 'id'>
  request: RequestFacts
  /** Milliseconds since the Unix epoch. */
  at: number
}

export type Refused = { outcome: Exclude<LoginOutcome, 'none'> }

/** Why a user may not come in whom a provider has named, whatever else it proves; null where it may. */
export function refusedEntry(
  account: Account,
  { scope, region, strategy, request, at }: Coming,
): Refused | null {
  const { user } = account
  const isOfAnother = user.ssoStrategyId !== null && user.ssoStrategyId !== strategy.id
  const denial = whyDenied(account, {
    scope,
    client: request,
    home: region,
    at,
    by: 'identity-provider',
    isRight: accepts(user, 'password') || !isOfAnother,
    usedAt: null,
    bringsPassword: false,
  })
  const outcome = outcomeOf(denial)
  return outcome === 'none' ? null : { outcome }
}
