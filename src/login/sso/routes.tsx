import * as z from 'zod'
import { clearableText, integer, text } from '../../platform/check-parameters.ts'
import type { Language } from '../../platform/languages.ts'
import { Problem } from '../../platform/problem.ts'
import type { RequestFacts } from '../../platform/request-facts.ts'
import { anyone, type Reply, route } from '../../platform/route.ts'
import { LONGEST_PARTIAL_SESSION } from '../../second-factors/partial-session.ts'
import { type HostScope, hostScope } from '../../sites/site.ts'
import type { SiteHosts } from '../../sites/site-hosts.ts'
import { notAccepted } from '../../sso/ask-provider.ts'
import type { Strategy } from '../../sso/strategy.ts'
import { safeReturn } from '../../ui/return-to.ts'
import { refuseOtherSites } from '../../ui/same-origin.ts'
import { type BrowserSessionNeeds, enterBySession } from '../browser-session.ts'
import { deviceCookie, deviceOf } from '../device.ts'
import {
  asksForSecondFactor,
  SecondStepForm,
  type SecondStepSent,
  secondStepAsked,
} from '../second-step-form.tsx'
import { type ArriveNeeds, arrive, stateOf } from './arrive.ts'
import { type BeginSsoNeeds, beginSso } from './begin.ts'
import { type EnterNeeds, enter, enterBySecondStep, proofIn } from './enter.ts'
import { type Proof, sealProof } from './proof.ts'
import { SsoAskPage, SsoFailedPage } from './sso-pages.tsx'

type Needs = BeginSsoNeeds &
  ArriveNeeds &
  EnterNeeds &
  BrowserSessionNeeds & { siteHosts: SiteHosts; scope: HostScope }

/** A caller's own state comes back to it as it is, and is no place to keep things. */
const LONGEST_STATE = 512
/** Some providers' codes and states are tokens. */
const LONGEST_CODE = 4_096

const locale = text(35).optional()
const html = { base: false, access: anyone, mediaType: 'text/html', problems: [] } as const
/** What a page that knows a code must not tell. */
const NO_REFERRER = { 'Referrer-Policy': 'no-referrer' }
const refusals = {
  401: { description: 'The page, and why nobody was logged in', body: z.string() },
  403: { description: 'The page, and why it was not taken', body: z.string() },
  429: { description: 'The page, and when to try again', body: z.string() },
  503: { description: 'The page: the provider does not answer', body: z.string() },
}

const begin = route<Needs>()(
  {
    method: 'POST',
    path: '/sessions/oauth',
    summary: 'Begin new session via Oauth',
    access: anyone,
    parameters: z.object({
      provider: text(64).describe('A provider of the site, such as okta'),
      state: text(LONGEST_STATE).optional().describe('Comes back to the caller as it is'),
      label: text(256).optional().describe('Which one, where the site has several of the provider'),
      again: z.boolean().optional().describe('The provider is to ask anew who it is'),
      host: text(253)
        .optional()
        .describe('The host of the site; that of the request, unless it is of no one site'),
    }),
    limit: 'anonymous',
    replies: {
      201: {
        description: 'Where the person logs in',
        body: z.object({ redirect_uri: z.url() }).meta({ id: 'OauthRedirect' }),
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
  async ({ parameters, services, request }) => {
    const { provider, state, label, again = false, host: named } = parameters
    const { globalOrigin, regions } = services
    const host = services.scope.kind === 'any' ? named?.toLowerCase() : request.hostname
    if (host === undefined)
      throw new Problem('bad-request/request-params-required', { values: { name: 'host' } })
    const scope = hostScope(host, { global: globalOrigin.hostname, regions })
    const offered = (await strategiesAt(services, scope)).filter(
      (one) => one.provider === provider && (label === undefined || one.label === label),
    )
    if (offered.length > 1)
      throw new Problem('bad-request/request-params-required', { values: { name: 'label' } })
    const [strategy] = offered
    if (!strategy) throw new Problem('bad-request/invalid-oauth-provider')
    const redirect_uri = await beginSso(services, strategy, {
      ...{ host, browser: null, state, again },
    })
    return { status: 201, body: { redirect_uri } }
  },
)

/** @throws {Problem} no-account-for-site */
async function strategiesAt(services: Needs, scope: HostScope): Promise<Strategy[]> {
  const home = scope.kind === 'any' ? null : await services.siteHosts.homeOf(scope)
  if (!home) throw new Problem('site-configuration/no-account-for-site')
  return services.strategiesIn(home.region).enabledOf(home.siteId)
}

const beginInBrowser = route<Needs>()(
  {
    ...html,
    method: 'GET',
    path: '/login/sso',
    summary: 'Where a button of the log-in page leads: on to the provider',
    parameters: z.object({
      strategy: integer(),
      return_to: text(2_048).optional(),
      again: z.boolean().optional().describe('The provider is to ask anew who it is'),
      locale,
    }),
    limit: 'anonymous',
    replies: { 303: { description: 'On to the provider' }, ...refusals },
    tell,
  },
  async ({ parameters, services, request }) => {
    const device = await deviceOf(services.sealer, request, services.clock())
    const strategies = await strategiesAt(services, services.scope)
    const strategy = strategies.find(({ id }) => id === parameters.strategy)
    if (!strategy) throw notAccepted('refused', 'no strategy of this site')
    const place = safeReturn(parameters.return_to)
    const { again = false } = parameters
    const beginning = { host: request.hostname, browser: device.id, place, again }
    return {
      status: 303,
      headers: { Location: await beginSso(services, strategy, beginning), ...NO_REFERRER },
      cookies: [await deviceCookie(services.sealer, device, services.clock())],
    }
  },
)

const comeBack = route<Needs>()(
  {
    ...html,
    method: 'GET',
    path: '/login_from_oauth',
    summary: 'Where providers send people back to: sets the session cookie, or asks first',
    parameters: z.object({
      provider: text(64).optional(),
      code: text(LONGEST_CODE).optional(),
      state: clearableText(LONGEST_CODE).optional(),
      iss: text(2_048).optional(),
      error: text(512).optional(),
      locale,
    }),
    limit: 'log-in',
    replies: {
      200: { description: 'Asks whether to log in, where a program began it', body: z.string() },
      303: { description: 'Logged in: on to a page; or on to the site’s own host' },
      ...refusals,
    },
    tell,
  },
  async ({ parameters, services, request, language }): Promise<Reply> => {
    const { provider, code, state: sealed = '', iss, error } = parameters
    const state = await stateOf(services, sealed)
    const answer = new URLSearchParams(present({ code, iss, error }))
    if (request.hostname !== state.host)
      return leadOn(services.globalOrigin, state.host, present({ ...parameters }))
    const device = await deviceOf(services.sealer, request, services.clock())
    const proof = await arrive(services, state, {
      ...{ provider, browser: device.id, request, parameters: answer, namesIssuer: true },
    })
    if (state.browser === undefined) return askFirst(services, proof, language)
    const { scope } = services
    const entering = { proof, otp: null, partial: null, scope, device, language, request }
    const loggedIn = await enter(services, entering)
    return enterBySession(services, loggedIn, { request, device, place: placeOf(proof) })
  },
)

function present(sent: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sent).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
}

/** Providers know the global host only; the browser's cookie is that of the host where it began. */
function leadOn({ protocol, port }: URL, host: string, sent: Record<string, string>): Reply {
  const url = new URL(`${protocol}//${host}${port && `:${port}`}/login_from_oauth`)
  url.search = new URLSearchParams(sent).toString()
  return { status: 303, headers: { Location: url.href, ...NO_REFERRER } }
}

async function askFirst(services: Needs, proof: Proof, language: Language): Promise<Reply> {
  const { person } = proof
  const { sealer, clock, scope } = services
  const strategies = await strategiesAt(services, scope)
  const label = strategies.find(({ id }) => id === proof.strategy)?.label ?? ''
  return {
    status: 200,
    headers: NO_REFERRER,
    body: (
      <SsoAskPage
        language={language}
        proof={await sealProof(sealer, proof, clock())}
        person={person.email ?? person.name ?? person.subject}
        provider={label}
        site={proof.host}
      />
    ),
  }
}

/** A caller's own state comes back to it in the address. */
function placeOf({ state, place }: Proof): string {
  return state === undefined
    ? safeReturn(place)
    : `/account?${new URLSearchParams({ state }).toString()}`
}

const confirm = route<Needs>()(
  {
    ...html,
    method: 'POST',
    path: '/login/sso/confirm',
    summary: 'The button of the page that asks first: sets the session cookie',
    parameters: z.object({ proof: clearableText(LONGEST_PARTIAL_SESSION), locale }),
    limit: 'log-in',
    replies: { 303: { description: 'Logged in: on to the account page' }, ...refusals },
    tell,
  },
  async ({ parameters, services, request, language }) => {
    refuseOtherSites(request)
    const proof = await proofIn(services, parameters.proof)
    const device = await deviceOf(services.sealer, request, services.clock())
    const { scope } = services
    const entering = { proof, otp: null, partial: null, scope, device, language, request }
    const loggedIn = await enter(services, entering)
    return enterBySession(services, loggedIn, { request, device, place: placeOf(proof) })
  },
)

const finish = route<Needs>()(
  {
    ...html,
    method: 'POST',
    path: '/login/sso/second',
    summary: 'The form for a code of the second factor, after a provider: sets the session cookie',
    parameters: z.object({
      username: clearableText(1_024),
      partial_session_id: clearableText(LONGEST_PARTIAL_SESSION),
      methods: clearableText(64),
      key_options: clearableText(16_384).optional(),
      sso: text(1).optional(),
      otp: clearableText(16_384),
      return_to: text(2_048).optional(),
      locale,
    }),
    limit: 'log-in',
    limitedName: ({ username }) => username,
    replies: { 303: { description: 'Logged in: on to the page that was asked for' }, ...refusals },
    tell: (problem, { parameters, language, request }) =>
      problem.type === 'not-authenticated/one-time-password-incorrect' ? (
        <SecondStepForm {...{ language, request, problem }} sent={{ ...parameters, sso: '1' }} />
      ) : (
        <SsoFailedPage language={language} problem={problem} />
      ),
  },
  async ({ parameters, services, request, language }) => {
    refuseOtherSites(request)
    const { otp, partial_session_id: partialSession } = parameters
    const device = await deviceOf(services.sealer, request, services.clock())
    const { scope } = services
    const entering = { otp, partialSession, scope, device, language, request }
    const { loggedIn, proof } = await enterBySecondStep(services, entering)
    return enterBySession(services, loggedIn, { request, device, place: placeOf(proof) })
  },
)

function tell(
  problem: Problem,
  { language, request }: { language: Language; request: RequestFacts },
) {
  if (!asksForSecondFactor(problem)) return <SsoFailedPage language={language} problem={problem} />
  const first: Pick<SecondStepSent, 'username' | 'sso'> = { username: '', sso: '1' }
  return (
    <SecondStepForm
      {...{ language, request, problem: null }}
      sent={secondStepAsked(first, problem)}
    />
  )
}

export const ssoRoutes = [begin, beginInBrowser, comeBack, confirm, finish]
