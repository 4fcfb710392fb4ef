import type { Ctx } from '../context.ts'
import { clearableText, integer, text } from '../http/check-parameters.ts'
import { given } from '../http/given.ts'
import { page } from '../http/page-route.ts'
import { anyone, type Reply } from '../http/route.ts'
import { type Browser, behindLogin, browserOf, logInBrowser } from '../login/browser-session.ts'
import {
  bySsoCallback,
  carriedAssertion,
  continuedCallback,
  type SsoCallback,
} from '../login/methods/sso-callback.ts'
import { orRecord } from '../login/refusals.ts'
import {
  secondStepItself,
  secondStepProblem,
  secondStepReplies,
  secondStepSent,
  shownAtSecondStep,
} from '../login/second-step-reply.tsx'
import { hostnameNamed } from '../sites/site.ts'
import { newId } from '../storage/ids.ts'
import { LONGEST_PARTIAL_SESSION } from '../two-factor/partial-session.ts'
import { safeReturn } from '../ui/return-to.ts'
import { type Assertion, sealedAssertion } from './assertion.ts'
import { ssoRefused } from './provider-fetch.ts'
import { openStateAt, receiveCallback, receiverOf, redirectOf } from './receive-callback.ts'
import { SsoAskPage, SsoFailedPage, SsoTestPassedPage } from './sso-page.tsx'
import { LONGEST_CODE, problemPage, refusals, strategiesAt } from './sso-route.tsx'
import type { SsoState } from './sso-state.ts'
import { redirectHost } from './strategy.ts'

const comeBack = page(
  {
    access: anyone,
    endpoint: 'GET /login_from_oauth/:strategy',
    summary:
      'The callback of a strategy, at the site’s own host. Sets the session cookie, or asks for confirmation',
    parameters: {
      strategy: integer(),
      code: text(LONGEST_CODE).optional(),
      state: clearableText(LONGEST_CODE).optional(),
      iss: text(2_048).optional(),
      error: text(512).optional(),
    },
    secretInAddress: true,
    limit: 'log-in',
    replies: {
      200: 'Asks for confirmation, because a program began the login',
      303: 'Logged in: redirects to a page',
      ...refusals,
    },
    problemReply: problemPage,
  },
  async ({ parameters, ctx, request, language }): Promise<Reply> => {
    const { strategy, code, state: sealed = '', iss, error } = parameters
    const state = await orRecord(ctx, request, () =>
      openStateAt(ctx, sealed, { strategy, hostname: request.hostname }),
    )
    const answer = new URLSearchParams(given({ code, iss, error }))
    const browser = await browserOf(ctx, { request, language })
    const assertion = await receiveCallback(ctx, state, {
      provider: undefined,
      browser: browser.device.id,
      request,
      parameters: answer,
      namesIssuer: true,
    })
    if (state.testFor !== undefined) return testPassed(ctx, state, assertion)
    if (state.browser === undefined) return askFirst(ctx, assertion)
    return logInByCallback(ctx, browser, { assertion, otp: null, partial: null })
  },
)

async function askFirst(ctx: Ctx, assertion: Assertion): Promise<Reply> {
  const { person } = assertion
  const strategies = await strategiesAt(ctx, ctx.scope)
  const label = strategies.find(({ id }) => id === assertion.strategy)?.label ?? ''
  return {
    status: 200,
    body: (
      <SsoAskPage
        proof={await sealedAssertion.seal(ctx, assertion)}
        person={person.email ?? person.name ?? person.subject}
        provider={label}
        site={redirectHost(redirectOf(assertion), ctx.globalOrigin)}
      />
    ),
  }
}

/** The page to open next. A caller's own state is returned in the URL. */
function returnToOf({ state, place }: Assertion): string {
  return state === undefined
    ? safeReturn(place)
    : `/account?${new URLSearchParams({ state }).toString()}`
}

const confirm = page(
  {
    access: anyone,
    endpoint: 'POST /login/sso/confirm',
    summary: 'The confirmation button. Sets the session cookie',
    parameters: { proof: clearableText(LONGEST_PARTIAL_SESSION) },
    shown: ['proof'],
    limit: 'log-in',
    replies: {
      ...secondStepItself,
      303: 'Logged in: redirects to the account page, or to the second step',
      ...refusals,
    },
    repeated: async ({ parameters, ctx, request }) =>
      behindLogin(returnToOf(await carriedAssertion(ctx, parameters.proof)), request),
    problemReply: problemPage,
  },
  async ({ parameters, ctx, request, language }) => {
    const assertion = await orRecord(ctx, request, () => carriedAssertion(ctx, parameters.proof))
    const browser = await browserOf(ctx, { request, language })
    return logInByCallback(ctx, browser, { assertion, otp: null, partial: null })
  },
)

const finish = page(
  {
    access: anyone,
    endpoint: 'POST /login/sso/second',
    summary: 'The form for a one-time code after single sign-on. Sets the session cookie',
    parameters: { ...secondStepSent, otp: clearableText(16_384) },
    shown: shownAtSecondStep,
    limit: 'log-in',
    limitedName: ({ username }) => username,
    replies: secondStepReplies,
    repeated: ({ parameters, request }) => behindLogin(safeReturn(parameters.return_to), request),
    problemReply: (problem, call) =>
      problem.type === 'not-authenticated/invalid-oauth' ? (
        <SsoFailedPage problem={problem} />
      ) : (
        secondStepProblem(problem, { ...call, parameters: { ...call.parameters, sso: '1' } })
      ),
  },
  async ({ parameters, ctx, request, language }) => {
    const { otp, partial_session_id: partialSession } = parameters
    const browser = await browserOf(ctx, { request, language })
    const callback = await continuedCallback(ctx, browser, { partialSession, otp })
    return logInByCallback(ctx, browser, callback)
  },
)

function logInByCallback(ctx: Ctx, browser: Browser, callback: SsoCallback): Promise<Reply> {
  const method = bySsoCallback(ctx, browser, callback)
  return logInBrowser(ctx, browser, { method, returnTo: returnToOf(callback.assertion) })
}

/** Records a passed test login and says so. Nobody is logged in. */
async function testPassed(
  ctx: Ctx,
  { origin, testFor = '' }: SsoState,
  assertion: Assertion,
): Promise<Reply> {
  const { region, strategy } = await receiverOf(ctx, { ...assertion, testFor })
  const at = ctx.clock()
  const use = { consumer: newId(region.code), at }
  const consumption = ctx.in(region).partialSessions.consumption(assertion.use, use)
  const tested = { originName: origin, at, consumption }
  if (!(await ctx.in(region).strategies.noteTest(strategy, tested)))
    throw ssoRefused('used', 'a test used before, or a strategy changed since')
  const { protocol, port } = ctx.globalOrigin
  const back = new URL('/admin/sso', `${protocol}//${testFor}${port && `:${port}`}`)
  const { label } = strategy
  const host = hostnameNamed(origin, ctx.globalOrigin)
  return {
    status: 200,
    body: <SsoTestPassedPage label={label} host={host} back={back.href} />,
  }
}

export const ssoRoutes = [comeBack, confirm, finish]
