import * as z from 'zod'
import { Problem } from '../http/problem.ts'
import { anyone, route } from '../http/route.ts'
import { siteShownAt } from '../sites/site-branding.ts'
import { relyingPartiesOf } from './relying-party.ts'

/** Lets each host of a site use security keys that were registered at another of its hosts. */
export const relatedOriginsRoute = route(
  {
    base: false,
    method: 'GET',
    path: '/.well-known/webauthn',
    summary: 'The origins that can use this host’s security keys (WebAuthn L3 §5.11)',
    access: anyone,
    parameters: z.object({}),
    limit: 'anonymous',
    replies: {
      200: {
        description: 'All hosts of the site',
        body: z.object({ origins: z.array(z.string()) }).meta({ id: 'RelatedOrigins' }),
      },
    },
    problems: ['not-found/not-found', 'service-unavailable/storage-unavailable'],
  },
  async ({ ctx }) => {
    const site = await siteShownAt(ctx, ctx.scope)
    if (!site) throw new Problem('not-found/not-found')
    const parties = relyingPartiesOf({ site }, ctx.globalOrigin)
    return { status: 200, body: { origins: parties.map(({ origin }) => origin) } }
  },
)
