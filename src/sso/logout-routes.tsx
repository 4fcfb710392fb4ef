import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, integer } from '../http/check-parameters.ts'
import { rootMessage, warn } from '../http/log.ts'
import { page } from '../http/page-route.ts'
import { anyone, route, seeOther } from '../http/route.ts'
import { readOutsideAddress } from './issuer-address.ts'
import { logOutByProvider } from './log-out-by-provider.ts'
import { issuerOf, providerNamed } from './providers.ts'
import { LoggedOutPage } from './sso-page.tsx'
import type { Strategy } from './strategy.ts'

const backChannel = route(
  {
    endpoint: 'POST /sso/:id/backchannel_logout',
    base: false,
    summary: 'Back-channel logout: an identity provider revokes the sessions that began with it',
    access: anyone,
    parameters: z.object({
      id: integer().describe('The strategy’s id'),
      logout_token: clearableText(8_192),
    }),
    limit: 'anonymous',
    replies: {
      200: { description: 'The sessions were revoked, if there were any', body: z.object({}) },
    },
    problems: [
      'bad-request/invalid-logout-token',
      'service-unavailable/identity-provider-unavailable',
      'service-unavailable/storage-unavailable',
    ],
  },
  async ({ parameters: { id, logout_token: token }, ctx, request }) => {
    await logOutByProvider(ctx, { strategyId: id, token, request })
    // Some providers do not accept 204.
    return { status: 200, body: {} }
  },
)
/** Shows a link only: the session here is already revoked, and the session at the provider belongs to the provider. */
const loggedOut = page(
  {
    endpoint: 'GET /logged_out',
    summary: 'The page after a logout, with a link to log out at the identity provider',
    access: anyone,
    parameters: { strategy: integer() },
    limit: 'anonymous',
    replies: {
      200: 'The page',
      303: 'Redirects to the login page, because the provider has no logout',
    },
  },
  async ({ parameters, ctx }) => {
    const { scope, siteHosts } = ctx
    const home = await siteHosts.homeOf(scope)
    const strategy =
      home && (await ctx.in(home.region).strategies.find(parameters.strategy, home.siteId))
    const logOutThere = strategy && (await logOutAddress(ctx, strategy))
    if (!logOutThere) return seeOther('/login')
    const { label } = strategy
    return <LoggedOutPage label={label} logOutThere={logOutThere} />
  },
)

/** OpenID Connect RP-Initiated Logout 1.0 §2, without an ID token hint, because none is stored. */
async function logOutAddress(ctx: Ctx, strategy: Strategy): Promise<string | null> {
  const provider = providerNamed(strategy.provider)
  const issuer = provider && issuerOf(provider, strategy)
  if (!issuer) return null
  const metadata = await ctx.issuerCache
    .metadataOf(issuer, ctx, ctx.clock())
    .catch((error) => warn('log out at the provider', rootMessage(error)))
  const url = readOutsideAddress(metadata?.end_session_endpoint ?? '', ctx)
  url?.searchParams.set('client_id', strategy.clientId)
  return url?.href ?? null
}

export const ssoLogOutRoutes = [backChannel, loggedOut]
