import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { isolated } from '../http/bidi.ts'
import { clearableNameText, clearableText, integer, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { type Reply, route } from '../http/route.ts'
import { adminMessagesFor } from '../messages/admin-messages.ts'
import { reauthenticatedSiteAdmin, siteAdmin, type UserCaller } from '../sessions/access.ts'
import { warningOfDomain } from '../sites/domain-warning.ts'
import { shownProblem } from '../ui/admin/shown-problem.ts'
import { SsoPage, type SsoPageProps } from './admin-page.tsx'
import {
  changeStrategy,
  createStrategy,
  deleteStrategy,
  findStrategy,
} from './manage-strategies.ts'
import { addressOf } from './sso-address.tsx'
import { MOST_STRATEGIES } from './strategy-store.ts'
import { testStrategy, testTextOf } from './test-strategy.ts'

const locale = text(35).optional()
const page = {
  base: false,
  mediaType: 'text/html',
  access: siteAdmin,
  returnTo: '/admin/sso',
  problems: [],
} as const
const replies = {
  200: { description: 'The page', body: z.string() },
  303: { description: 'Done, and on to the page; or to the log in page' },
  403: { description: 'Not for who is no site admin', body: z.string() },
  422: { description: 'The page, and what is wrong', body: z.string() },
}

interface Viewer {
  caller: UserCaller
  request: RequestFacts
  language: Language
}

const show = route(
  {
    ...page,
    method: 'GET',
    access: reauthenticatedSiteAdmin,
    path: '/admin/sso',
    summary: 'The page on which a site admin sets identity providers up',
    parameters: z.object({ locale }),
    replies,
  },
  ({ ctx, caller, request, language }) => ssoPage(ctx, { caller, request, language }),
)

const add = route(
  {
    ...page,
    method: 'POST',
    path: '/admin/sso',
    summary: 'Its form that adds one',
    parameters: z.object({
      provider: text(64),
      label: clearableNameText(256).optional(),
      subdomain: clearableText(256).optional(),
      issuer: clearableText(512).optional(),
      client_id: text(512),
      client_secret: text(2_048),
      email_domains: clearableText(2_048).optional(),
      provision_users: z.boolean().optional(),
      locale,
    }),
    replies,
  },
  async ({ parameters, ctx, caller, request, language }) => {
    const { label, subdomain, issuer, email_domains: domains = '' } = parameters
    const viewer = { caller, request, language }
    try {
      await createStrategy(
        ctx,
        { ...caller, request },
        {
          provider: parameters.provider,
          clientId: parameters.client_id,
          clientSecret: parameters.client_secret,
          ...(label && { label }),
          ...(subdomain && { subdomain: subdomain.toLowerCase() }),
          ...(issuer && { issuer }),
          emailDomains: domains,
          provisionUsers: parameters.provision_users ?? false,
        },
      )
    } catch (error) {
      const { client_secret: _, ...sent } = parameters
      const told = { problem: shownProblem(error), sent }
      return { ...(await ssoPage(ctx, viewer, told)), status: 422 }
    }
    const done = { text: adminMessagesFor(language).pages.saved, isGood: true }
    return ssoPage(ctx, viewer, { done })
  },
)

const test = route(
  {
    ...page,
    method: 'POST',
    path: '/admin/sso/test',
    summary: 'Its button that tests one',
    parameters: z.object({ id: integer(), locale }),
    shown: ['id'],
    limit: 'anonymous',
    replies,
  },
  async ({ parameters: { id }, ctx, caller, request, language }) => {
    const strategy = await ctx.in(caller.region).strategies.find(id, caller.live.site.id)
    if (!strategy) return back(language)
    const result = await testStrategy(ctx, strategy, caller.live.site)
    const text = `${isolated(strategy.label)}: ${testTextOf(result, language)}`
    return ssoPage(
      ctx,
      { caller, request, language },
      { done: { text, isGood: result.outcome === 'works' } },
    )
  },
)

const turn = route(
  {
    ...page,
    method: 'POST',
    path: '/admin/sso/turn',
    summary: 'Its button that turns one on or off',
    parameters: z.object({ id: integer(), enabled: z.boolean(), locale }),
    shown: ['id', 'enabled'],
    replies,
  },
  ({ parameters: { id, enabled }, ctx, caller, request, language }) =>
    doing(ctx, { caller, request, language }, async () => {
      const strategy = await findStrategy(ctx, caller, id)
      await changeStrategy(ctx, { ...caller, request }, { strategy, sent: { enabled } })
    }),
)

const move = route(
  {
    ...page,
    method: 'POST',
    path: '/admin/sso/move',
    summary: 'Its button that moves one to a host of the site where a test login has passed',
    parameters: z.object({ id: integer(), redirect_host: text(253), locale }),
    shown: ['id', 'redirect_host'],
    replies,
  },
  ({ parameters, ctx, caller, request, language }) =>
    doing(ctx, { caller, request, language }, async () => {
      const strategy = await findStrategy(ctx, caller, parameters.id)
      const sent = { redirectHost: parameters.redirect_host }
      await changeStrategy(ctx, { ...caller, request }, { strategy, sent })
    }),
)

const remove = route(
  {
    ...page,
    method: 'POST',
    path: '/admin/sso/delete',
    summary: 'Its button that deletes one',
    parameters: z.object({ id: integer(), locale }),
    shown: ['id'],
    replies,
  },
  ({ parameters: { id }, ctx, caller, request, language }) =>
    doing(ctx, { caller, request, language }, async () => {
      const strategy = await findStrategy(ctx, caller, id)
      await deleteStrategy(ctx, { ...caller, request }, strategy)
    }),
)

/** Runs an action and shows the page again, with the reason if it was refused. */
async function doing(ctx: Ctx, viewer: Viewer, act: () => Promise<void>): Promise<Reply> {
  try {
    await act()
  } catch (error) {
    // Deleting a strategy that is already deleted succeeds.
    if (error instanceof Problem && error.status === 404) return back(viewer.language)
    return { ...(await ssoPage(ctx, viewer, { problem: shownProblem(error) })), status: 422 }
  }
  return back(viewer.language)
}

/** Redirects, so that reloading the page does not repeat the action. */
function back(language: Language): Reply {
  return { status: 303, headers: { Location: `/admin/sso?locale=${language}` } }
}

async function ssoPage(
  ctx: Ctx,
  { caller, request, language }: Viewer,
  shown: Pick<SsoPageProps, 'done' | 'problem' | 'sent'> = {},
): Promise<Reply> {
  const { globalOrigin } = ctx
  const store = ctx.in(caller.region).strategies
  const all = { after: 0, skip: 0, limit: MOST_STRATEGIES }
  const strategies = await store.list(caller.live.site.id, all)
  const counts = await store.countUsers(strategies.map(({ id }) => id))
  const addresses = new Map(
    await Promise.all(
      strategies.map(
        async (one) => [one.id, await addressOf(ctx, { ...caller, request }, one)] as const,
      ),
    ),
  )
  const domainWarning = await warningOfDomain(ctx, { site: caller.live.site, language })
  const view = { globalOrigin, strategies, counts, addresses, domainWarning }
  return { status: 200, body: <SsoPage {...view} {...shown} /> }
}

export const adminSsoPages = [show, add, test, turn, move, remove]
