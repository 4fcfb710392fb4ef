import * as z from 'zod'
import { clearableNameText, clearableText, integer, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { type Reply, route } from '../http/route.ts'
import { reauthenticatedSiteAdmin, siteAdmin, type UserCaller } from '../sessions/access.ts'
import { warningOfDomain } from '../sites/domain-warning.ts'
import { adminTextsIn } from '../ui/admin/page-texts.ts'
import { toldProblem } from '../ui/admin/told-problem.ts'
import { SsoPage, type SsoPageProps } from './admin-page.tsx'
import type { TestLoginNeeds } from './begin-test-login.ts'
import {
  changeStrategy,
  createStrategy,
  deleteStrategy,
  findStrategy,
} from './manage-strategies.ts'
import { addressOf } from './sso-address.tsx'
import { MOST_STRATEGIES } from './strategy-store.ts'
import { type TestNeeds, testStrategy } from './test-strategy.ts'
import { testTextOf } from './test-texts.ts'

type Needs = TestLoginNeeds & TestNeeds & { domainProofKey: CryptoKey }

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

const show = route<Needs>()(
  {
    ...page,
    method: 'GET',
    access: reauthenticatedSiteAdmin,
    path: '/admin/sso',
    summary: 'The page on which a site admin sets identity providers up',
    parameters: z.object({ locale }),
    replies,
  },
  ({ services, caller, request, language }) => ssoPage(services, { caller, request, language }),
)

const add = route<Needs>()(
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
  async ({ parameters, services, caller, request, language }) => {
    const { label, subdomain, issuer, email_domains: domains = '' } = parameters
    const viewer = { caller, request, language }
    try {
      await createStrategy(
        services,
        { ...caller, request },
        {
          ...{ provider: parameters.provider, clientId: parameters.client_id },
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
      const told = { problem: toldProblem(error), sent }
      return { ...(await ssoPage(services, viewer, told)), status: 422 }
    }
    const done = { text: adminTextsIn(language).saved, isGood: true }
    return ssoPage(services, viewer, { done })
  },
)

const test = route<Needs>()(
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
  async ({ parameters: { id }, services, caller, request, language }) => {
    const strategy = await services.strategiesIn(caller.region).find(id, caller.live.site.id)
    if (!strategy) return back(language)
    const result = await testStrategy(services, strategy, caller.live.site)
    const text = `${strategy.label}: ${testTextOf(result, language)}`
    return ssoPage(
      services,
      { caller, request, language },
      { done: { text, isGood: result.outcome === 'works' } },
    )
  },
)

const turn = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/admin/sso/turn',
    summary: 'Its button that turns one on or off',
    parameters: z.object({ id: integer(), enabled: z.boolean(), locale }),
    shown: ['id', 'enabled'],
    replies,
  },
  ({ parameters: { id, enabled }, services, caller, request, language }) =>
    doing(services, { caller, request, language }, async () => {
      const strategy = await findStrategy(services, caller, id)
      await changeStrategy(services, { ...caller, request }, { strategy, sent: { enabled } })
    }),
)

const move = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/admin/sso/move',
    summary: 'Its button that moves one to a host of the site where a test login has passed',
    parameters: z.object({ id: integer(), redirect_host: text(253), locale }),
    shown: ['id', 'redirect_host'],
    replies,
  },
  ({ parameters, services, caller, request, language }) =>
    doing(services, { caller, request, language }, async () => {
      const strategy = await findStrategy(services, caller, parameters.id)
      const sent = { redirectHost: parameters.redirect_host }
      await changeStrategy(services, { ...caller, request }, { strategy, sent })
    }),
)

const remove = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/admin/sso/delete',
    summary: 'Its button that deletes one',
    parameters: z.object({ id: integer(), locale }),
    shown: ['id'],
    replies,
  },
  ({ parameters: { id }, services, caller, request, language }) =>
    doing(services, { caller, request, language }, async () => {
      const strategy = await findStrategy(services, caller, id)
      await deleteStrategy(services, { ...caller, request }, strategy)
    }),
)

/** Does it, and shows what is left, or why it was not done: not to the strategy that the last admin needs. */
async function doing(needs: Needs, viewer: Viewer, act: () => Promise<void>): Promise<Reply> {
  try {
    await act()
  } catch (error) {
    // Deleted before is deleted.
    if (error instanceof Problem && error.status === 404) return back(viewer.language)
    return { ...(await ssoPage(needs, viewer, { problem: toldProblem(error) })), status: 422 }
  }
  return back(viewer.language)
}

/** A reload must not do it again. */
function back(language: Language): Reply {
  return { status: 303, headers: { Location: `/admin/sso?locale=${language}` } }
}

async function ssoPage(
  needs: Needs,
  { caller, request, language }: Viewer,
  shown: Pick<SsoPageProps, 'done' | 'problem' | 'sent'> = {},
): Promise<Reply> {
  const { strategiesIn, globalOrigin } = needs
  const store = strategiesIn(caller.region)
  const all = { after: 0, skip: 0, limit: MOST_STRATEGIES }
  const strategies = await store.list(caller.live.site.id, all)
  const counts = await store.countUsers(strategies.map(({ id }) => id))
  const addresses = new Map(
    await Promise.all(
      strategies.map(
        async (one) => [one.id, await addressOf(needs, { ...caller, request }, one)] as const,
      ),
    ),
  )
  const domainWarning = await warningOfDomain(needs, { site: caller.live.site, language })
  const view = { language, globalOrigin, strategies, counts, addresses, domainWarning }
  return { status: 200, body: <SsoPage {...view} {...shown} /> }
}

export const adminSsoPages = [show, add, test, turn, move, remove]
