import * as z from 'zod'
import type { Ctx } from '../context.ts'
import type { Seal, SealedKind, Sealer } from '../crypto/sealer.ts'
import { hostNamesOf, hostnameNamed, originNamed } from '../sites/site.ts'
import { HOUR, SECOND } from '../storage/clock.ts'
import { noHostOfSite, type StrategyActing } from './manage-strategies.ts'
import { redirectAddress } from './redirect-address.ts'
import type { Strategy } from './strategy.ts'

/** Shows that an admin asked for a test login. It is not a secret: it logs nobody in and reads nothing. */
const sealedTicket = {
  typ: 'latchkey-sso-test+jwt',
  content: z.object({
    strategy: z.int(),
    /** The stored name of the host under test. */
    origin: z.string(),
    /** The host of the admin's page. */
    testFor: z.string(),
  }),
  lifetimeSeconds: HOUR / SECOND,
} satisfies SealedKind<z.ZodType>

type TestTicket = z.infer<(typeof sealedTicket)['content']>

/** The URL of a test login, for any browser. @param now milliseconds since the Unix epoch */
async function testLoginAddress(
  { sealer, globalOrigin }: { sealer: Sealer; globalOrigin: URL },
  ticket: TestTicket,
  now: number,
): Promise<string> {
  const url = new URL('/login/sso', originNamed(ticket.origin, globalOrigin))
  url.searchParams.set('strategy', String(ticket.strategy))
  url.searchParams.set('test', await sealer.seal(sealedTicket, ticket, now))
  return url.href
}

/** @returns null if the text is not ours or has expired */
export function readTestTicket(
  sealer: Sealer,
  text: string,
  now: number,
): Promise<(TestTicket & Seal) | null> {
  return sealer.unseal(sealedTicket, text, now)
}

/**
 * Returns the URL of a test login at a host of the site, and the redirect address to register for it.
 * @throws {Problem} model-save-error if the host does not belong to the site; and what `authorize` throws
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
