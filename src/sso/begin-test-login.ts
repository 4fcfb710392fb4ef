import type { Ctx } from '../context.ts'
import { hostNamesOf, hostnameNamed } from '../sites/site.ts'
import { noHostOfSite, type StrategyActing } from './manage-strategies.ts'
import { redirectAddress } from './redirect-address.ts'
import type { Strategy } from './strategy.ts'
import { testLoginAddress } from './test-ticket.ts'

/**
 * The link to a test login at a host of the site, and the redirect address that the provider has to know for it.
 * @throws {Problem} model-save-error for a host that is not the site's; and what `authorize` throws
 */
export async function beginTestLogin(
  ctx: Ctx,
  { live, request, authorize }: StrategyActing,
  { strategy, redirectHost }: { strategy: Strategy; redirectHost: string },
): Promise<{ test_uri: string; redirect_uri: string }> {
  const { globalOrigin } = ctx
  const origin = hostNamesOf(live.site).find(
    (name) => hostnameNamed(name, globalOrigin) === redirectHost.toLowerCase(),
  )
  if (origin === undefined) throw noHostOfSite()
  await authorize({ what: 'sso-strategy' })
  const ticket = { strategy: strategy.id, origin, testFor: request.hostname }
  return {
    test_uri: await testLoginAddress(ctx, ticket, ctx.clock()),
    redirect_uri: redirectAddress({ id: strategy.id, originName: origin }, globalOrigin),
  }
}
