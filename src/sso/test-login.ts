import * as z from 'zod'
import type { Requester } from '../access/actor.ts'
import type { Ctx } from '../context.ts'
import { sealedKind } from '../crypto/sealer.ts'
import { hostNamesOf, hostnameNamed, originNamed } from '../sites/site.ts'
import { HOUR, SECOND } from '../storage/clock.ts'
import { noHostOfSite } from './manage-strategies.ts'
import { redirectAddress } from './redirect-address.ts'
import type { Strategy } from './strategy.ts'

/** Shows that an admin asked for a test login. It is not a secret: it logs nobody in and reads nothing. */
export const testTicket = sealedKind(
  'latchkey-sso-test+jwt',
  HOUR / SECOND,
  z.object({
    strategy: z.int(),
    /** The stored name of the host under test. */
    origin: z.string(),
    /** The host of the admin's page. */
    testFor: z.string(),
  }),
)

/**
 * Returns the URL of a test login at a host of the site, and the redirect address to register for it.
 * @throws {Problem} model-save-error if the host does not belong to the site; and what `authorize` throws
 */
export async function beginTestLogin(
  ctx: Ctx,
  { live, request, authorize }: Requester,
  { strategy, redirectHost }: { strategy: Strategy; redirectHost: string },
): Promise<{ test_uri: string; redirect_uri: string }> {
  const { globalOrigin } = ctx
  const origin = hostNamesOf(live.site).find(
    (name) => hostnameNamed(name, globalOrigin) === redirectHost.toLowerCase(),
  )
  if (origin === undefined) throw noHostOfSite()
  await authorize({ what: 'sso-strategy' })
  const ticket = { strategy: strategy.id, origin, testFor: request.hostname }
  const url = new URL('/login/sso', originNamed(origin, globalOrigin))
  url.searchParams.set('strategy', String(strategy.id))
  url.searchParams.set('test', await testTicket.seal(ctx, ticket))
  return {
    test_uri: url.href,
    redirect_uri: redirectAddress({ id: strategy.id, originName: origin }, globalOrigin),
  }
}
