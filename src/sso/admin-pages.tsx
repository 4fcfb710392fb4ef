import * as z from 'zod'
import type { Requester } from '../access/actor.ts'
import type { Ctx } from '../context.ts'
import { isolated } from '../http/bidi.ts'
import { clearableNameText, clearableText, integer, text } from '../http/check-parameters.ts'
import { page, type RefusedForm, type Viewer } from '../http/page-route.ts'
import type { Problem } from '../http/problem.ts'
import type { Reply } from '../http/route.ts'
import { reauthenticatedSiteAdmin, siteAdmin, type UserCaller } from '../sessions/access.ts'
import { warningOfDomain } from '../sites/domain-warning.ts'
import { hostNamesOf, hostnameNamed, type Site } from '../sites/site.ts'
import { adminMessagesFor } from '../ui/admin/messages.ts'
import { shownProblem } from '../ui/admin/settings-form.tsx'
import { type ShownAddress, SsoPage, type SsoPageProps } from './admin-page.tsx'
import {
  beginTestLogin,
  changeStrategy,
  createStrategy,
  deleteStrategy,
  findStrategy,
} from './manage-strategies.ts'
import { redirectAddress, type Strategy } from './strategy.ts'
import { MOST_STRATEGIES } from './strategy-store.ts'
import { redirectStatus, testedHost } from './strategy-view.ts'
import { testStrategy, testTextOf } from './test-strategy.ts'

const door = {
  access: siteAdmin,
  returnTo: '/admin/sso',
  replies: {
    200: 'The page',
    303: 'Done: redirects to the page. Or redirects to the login page',
    403: 'The user is not a site admin',
    422: 'The page with its errors',
  },
} as const
const form = {
  ...door,
  async refused(problem: Problem, { ctx, ...viewer }: RefusedForm<UserCaller>) {
    // Deleting a strategy that is already deleted succeeds.
    if (problem.status === 404) return
    return ssoPage(ctx, viewer, { problem: shownProblem(problem) })
  },
} as const

const show = page(
  {
    ...door,
    endpoint: 'GET /admin/sso',
    access: reauthenticatedSiteAdmin,
    summary: 'The page of identity providers, for site admins',
  },
  ({ ctx, ...viewer }) => ssoPage(ctx, viewer),
)

const add = page(
  {
    ...form,
    endpoint: 'POST /admin/sso',
    summary: 'The form to add an identity provider',
    parameters: {
      provider: text(64),
      label: clearableNameText(256).optional(),
      subdomain: clearableText(256).optional(),
      issuer: clearableText(512).optional(),
      client_id: text(512),
      client_secret: text(2_048),
      email_domains: clearableText(2_048).optional(),
      provision_users: z.boolean().optional(),
    },
  },
  async ({ parameters, ctx, ...viewer }) => {
    const { label, subdomain, issuer, email_domains: emailDomains = '' } = parameters
    try {
      await createStrategy(ctx, viewer.actor, {
        provider: parameters.provider,
        clientId: parameters.client_id,
        clientSecret: parameters.client_secret,
        ...(label && { label }),
        ...(subdomain && { subdomain: subdomain.toLowerCase() }),
        ...(issuer && { issuer }),
        emailDomains,
        provisionUsers: parameters.provision_users ?? false,
      })
    } catch (error) {
      const { client_secret: _, ...sent } = parameters
      const shown = { problem: shownProblem(error), sent }
      return { ...(await ssoPage(ctx, viewer, shown)), status: 422 }
    }
    const done = { text: adminMessagesFor(viewer.language).pages.saved, isSuccess: true }
    return ssoPage(ctx, viewer, { done })
  },
)

const test = page(
  {
    ...form,
    endpoint: 'POST /admin/sso/test',
    summary: 'The button to test an identity provider',
    parameters: { id: integer() },
    shown: ['id'],
    limit: 'anonymous',
  },
  async ({ parameters: { id }, ctx, ...viewer }) => {
    const { caller, language } = viewer
    const strategy = await findStrategy(ctx, caller, id)
    const result = await testStrategy(ctx, strategy, caller.live.site)
    const text = `${isolated(strategy.label)}: ${testTextOf(result, language)}`
    return ssoPage(ctx, viewer, { done: { text, isSuccess: result.outcome === 'works' } })
  },
)

const turn = page(
  {
    ...form,
    endpoint: 'POST /admin/sso/turn',
    summary: 'The button to enable or disable an identity provider',
    parameters: { id: integer(), enabled: z.boolean() },
    shown: ['id', 'enabled'],
  },
  async ({ parameters: { id, enabled }, ctx, ...viewer }) => {
    const strategy = await findStrategy(ctx, viewer.caller, id)
    await changeStrategy(ctx, viewer.actor, { strategy, sent: { enabled } })
  },
)

const move = page(
  {
    ...form,
    endpoint: 'POST /admin/sso/move',
    summary: 'The button to move an identity provider to a host where a test login has passed',
    parameters: { id: integer(), redirect_host: text(253) },
    shown: ['id', 'redirect_host'],
  },
  async ({ parameters, ctx, ...viewer }) => {
    const strategy = await findStrategy(ctx, viewer.caller, parameters.id)
    const sent = { redirectHost: parameters.redirect_host }
    await changeStrategy(ctx, viewer.actor, { strategy, sent })
  },
)

const remove = page(
  {
    ...form,
    endpoint: 'POST /admin/sso/delete',
    summary: 'The button to delete an identity provider',
    parameters: { id: integer() },
    shown: ['id'],
  },
  async ({ parameters: { id }, ctx, ...viewer }) => {
    const strategy = await findStrategy(ctx, viewer.caller, id)
    await deleteStrategy(ctx, viewer.actor, strategy)
  },
)

async function ssoPage(
  ctx: Ctx,
  viewer: Viewer<UserCaller>,
  shown: Pick<SsoPageProps, 'done' | 'problem' | 'sent'> = {},
): Promise<Reply> {
  const { globalOrigin } = ctx
  const { caller, language } = viewer
  const store = ctx.in(caller.region).strategies
  const all = { after: 0, skip: 0, limit: MOST_STRATEGIES }
  const strategies = await store.list(caller.live.site.id, all)
  const counts = await store.countUsers(strategies.map(({ id }) => id))
  const addressed = strategies.map(
    async (one) => [one.id, await addressOf(ctx, viewer.actor, one)] as const,
  )
  const addresses = new Map(await Promise.all(addressed))
  const domainWarning = await warningOfDomain(ctx, { site: caller.live.site, language })
  const view = { globalOrigin, strategies, counts, addresses, domainWarning }
  return { status: 200, body: <SsoPage {...view} {...shown} /> }
}

async function addressOf(ctx: Ctx, actor: Requester, strategy: Strategy): Promise<ShownAddress> {
  const { globalOrigin, clock } = ctx
  const site: Site = actor.live.site
  const tested = testedHost(strategy, { site, globalOrigin, now: clock() })
  const others = hostNamesOf(site)
    .filter((name) => name !== strategy.originName)
    .map(async (name) => {
      const host = hostnameNamed(name, globalOrigin)
      const begun = await beginTestLogin(ctx, actor, { strategy, redirectHost: host })
      return {
        host,
        redirectUri: begun.redirect_uri,
        testUri: begun.test_uri,
        isTested: host === tested,
      }
    })
  return {
    address: redirectAddress(strategy, globalOrigin),
    status: redirectStatus(strategy, site),
    others: await Promise.all(others),
  }
}

export const adminSsoPages = [show, add, test, turn, move, remove]
