import type { Requester } from '../access/actor.ts'
import type { Ctx } from '../context.ts'
import { notSaved } from '../http/problem.ts'
import { hostNamesOf } from '../sites/site.ts'
import { allowedMethods } from '../two-factor/second-factor.ts'
import type { User } from './account.ts'
import type { UserChanges } from './user-settings.ts'

/**
 * Checks that users log in by a strategy of their own site, and that 2FA is not required of users who cannot set it
 * up.
 * @param user the present state; null for a new user
 * @returns whether the strategy that the user needs, if any, is enabled
 * @throws {Problem} model-save-error
 */
export async function checkSettings(
  ctx: Ctx,
  { live: { site }, region }: Requester,
  { settings, user }: { settings: UserChanges; user: User | null },
): Promise<boolean> {
  if (settings.require2fa === 'always_require' && allowedMethods({ site }).length === 0)
    throw notSaved({ require_2fa: ['second-factor-impossible'] })
  const { ssoStrategyId: id = user?.ssoStrategyId } = settings
  const { authenticationMethod: method = user?.authenticationMethod } = settings
  const needsStrategy =
    settings.ssoStrategyId != null || settings.authenticationMethod !== undefined
  if (method === 'sso' && needsStrategy && !id)
    throw notSaved({ sso_strategy_id: ['strategy-missing'] })
  if (!id) return method !== 'sso'
  const strategy = await ctx.in(region).strategies.find(id, site.id)
  if (!strategy && settings.ssoStrategyId) throw notSaved({ sso_strategy_id: ['strategy-unknown'] })
  const receives = strategy?.enabled && hostNamesOf(site).includes(strategy.originName)
  return method !== 'sso' || receives === true
}
