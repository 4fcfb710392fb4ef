import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { integer, text } from '../http/check-parameters.ts'
import { page } from '../http/page-route.ts'
import { missingParameter, Problem } from '../http/problem.ts'
import { anyone, apiObject, route, seeOther } from '../http/route.ts'
import { deviceCookie, deviceOf } from '../login/known-callers.ts'
import { readDomainName } from '../sites/domain-name.ts'
import { hostScope, originNamed } from '../sites/site.ts'
import { safeReturn } from '../ui/return-to.ts'
import { authorizationUrl } from './authorization-url.ts'
import { testTicket } from './manage-strategies.ts'
import { ssoRefused } from './provider-fetch.ts'
import { receiverOf, redirectOf } from './receive-callback.ts'
import { LONGEST_CODE, problemPage, refusals, strategiesAt } from './sso-route.tsx'
import { type Redirect, redirectHost, type Strategy } from './strategy.ts'

/** The caller's own state is returned in the URL, so it stays short. */
const LONGEST_STATE = 512

const begin = route(
  {
    endpoint: 'POST /sessions/oauth',
    summary: 'Start a login at an identity provider',
    access: anyone,
    parameters: z.object({
      provider: text(64).describe('An identity provider of the site, such as okta'),
      state: text(LONGEST_STATE).optional().describe('Returned unchanged to the caller'),
      label: text(256)
        .optional()
        .describe('The strategy’s label, if the site has several of the provider'),
      again: z
        .boolean()
        .optional()
        .describe('Whether the provider must authenticate the person again'),
      host: text(253)
        .optional()
        .describe(
          'The site’s host. Default: the request’s host. Required on the global and regional hosts',
        ),
    }),
    limit: 'anonymous',
    replies: {
      201: {
        description: 'The URL where the person logs in',
        body: apiObject('OauthRedirect', { redirect_uri: z.url() }),
      },
    },
    problems: [
      'bad-request/invalid-oauth-provider',
      'not-authenticated/invalid-oauth',
      'site-configuration/no-account-for-site',
      'service-unavailable/identity-provider-unavailable',
      'service-unavailable/storage-unavailable',
    ],
  },
  async ({ parameters, ctx, request }) => {
    const { provider, state, label, again = false, host: named } = parameters
    const { globalOrigin, regions } = ctx
    const host =
      ctx.scope.kind === 'any' ? named && (readDomainName(named) ?? named) : request.hostname
    if (host === undefined) throw missingParameter('host')
    const scope = hostScope(host, { global: globalOrigin.hostname, regions })
    const offered = (await strategiesAt(ctx, scope)).filter(
      (one) => one.provider === provider && (label === undefined || one.label === label),
    )
    if (offered.length > 1) throw missingParameter('label')
    const [strategy] = offered
    if (!strategy) throw new Problem('bad-request/invalid-oauth-provider')
    const redirect_uri = await authorizationUrl(ctx, strategy, { browser: null, state, again })
    return { status: 201, body: { redirect_uri } }
  },
)

const beginInBrowser = page(
  {
    access: anyone,
    endpoint: 'GET /login/sso',
    summary: 'The target of a login button: redirects to the identity provider',
    parameters: {
      strategy: integer(),
      return_to: text(2_048).optional(),
      again: z
        .boolean()
        .optional()
        .describe('Whether the provider must authenticate the person again'),
      test: text(LONGEST_CODE).optional().describe('For a test login that a site admin requested'),
    },
    secretInAddress: true,
    limit: 'anonymous',
    replies: {
      303: 'Redirects to the provider, or first to the host that receives the callback',
      ...refusals,
    },
    problemReply: problemPage,
  },
  async ({ parameters, ctx, request }) => {
    const { strategy, redirect, testFor } = await requestedLogin(ctx, parameters)
    if (redirectHost(redirect, ctx.globalOrigin) !== request.hostname)
      return seeOther(sameAt(ctx, redirect, parameters))
    const device = await deviceOf(ctx, request)
    const returnTo = safeReturn(parameters.return_to)
    const { again = false } = parameters
    const { originName: origin } = redirect
    const beginning = {
      origin,
      browser: device.id,
      returnTo,
      again,
      ...(testFor && { testFor }),
    }
    return seeOther(await authorizationUrl(ctx, strategy, beginning), [
      await deviceCookie(ctx, device),
    ])
  },
)

interface RequestedLogin {
  strategy: Strategy
  redirect: Redirect
  testFor?: string
}

/** Finds the strategy and redirect address for a browser's login. @throws {Problem} invalid-oauth */
async function requestedLogin(
  ctx: Ctx,
  { strategy: id, test }: { strategy: number; test?: string | undefined },
): Promise<RequestedLogin> {
  if (test !== undefined) {
    const ticket = await testTicket.unseal(ctx, test)
    if (!ticket) throw ssoRefused('expired', 'no test of ours')
    const { strategy } = await receiverOf(ctx, ticket)
    return { strategy, redirect: redirectOf(ticket), testFor: ticket.testFor }
  }
  const strategies = await strategiesAt(ctx, ctx.scope)
  const strategy = strategies.find((offered) => offered.id === id)
  if (!strategy) throw ssoRefused('refused', 'no strategy of this site')
  return { strategy, redirect: strategy }
}

/** Returns the URL of the same button at the host that receives the callback, where the browser's cookie must be. */
function sameAt(
  { globalOrigin }: Ctx,
  { originName }: Redirect,
  parameters: Record<string, string | number | boolean | undefined>,
): string {
  const url = new URL('/login/sso', originNamed(originName, globalOrigin))
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, String(value))
  return url.href
}

export const ssoBeginRoutes = [begin, beginInBrowser]
