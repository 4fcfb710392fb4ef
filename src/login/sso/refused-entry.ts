import type { LoginOutcome } from '../../history/login-outcome.ts'
import type { RequestFacts } from '../../platform/request-facts.ts'
import type { Region } from '../../regions/region.ts'
import { isServedAt } from '../../sites/region-rule.ts'
import { type HostScope, inScope } from '../../sites/site.ts'
import type { Strategy } from '../../sso/strategy.ts'
import { accepts } from '../../users/accepted-proofs.ts'
import type { Account } from '../../users/account.ts'
import { hasStayedAway, whyKeptOut } from '../../users/entry-rules.ts'

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
  { user, site }: Account,
  { scope, region, strategy, request, at }: Coming,
): Refused | null {
  if (!inScope(scope, site)) return { outcome: 'site_mismatch' }
  const keptOut = whyKeptOut({ user, site }, request, at)
  if (keptOut) return { outcome: keptOut }
  if (hasStayedAway({ user, site }, at)) return { outcome: 'disabled' }
  if (!accepts(user, 'identity-provider')) return { outcome: 'username_not_found' }
  const isOfAnother = user.ssoStrategyId !== null && user.ssoStrategyId !== strategy.id
  if (!accepts(user, 'password') && isOfAnother) return { outcome: 'key_mismatch' }
  if (!isServedAt(scope, { site, home: region })) return { outcome: 'region_mismatch' }
  return null
}
