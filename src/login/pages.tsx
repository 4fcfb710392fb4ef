import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, text } from '../http/check-parameters.ts'
import { page } from '../http/page-route.ts'
import { anyone, type Reply, seeOther } from '../http/route.ts'
import { endingSession } from '../sessions/access.ts'
import { noSessionCookie } from '../sessions/session-cookie.ts'
import { textCode } from '../two-factor/second-step.ts'
import { safeReturn } from '../ui/return-to.ts'
import { behindLogin, browserOf, logInBrowser } from './browser-session.ts'
import { logInForm, newPasswordOf, newPasswordParameters } from './login-form.tsx'
import { byPartialSession } from './methods/partial-session.ts'
import { byPasskey } from './methods/passkey.ts'
import { byPassword } from './methods/password.ts'
import { readSecondStepCookie } from './second-step-cookie.ts'
import {
  asksForSecondFactor,
  leadToSecondStep,
  secondStepItself,
  secondStepOf,
  secondStepPage,
  secondStepProblem,
  secondStepReplies,
  secondStepRequestedBy,
  secondStepSent,
  shownAtSecondStep,
} from './second-step-reply.tsx'

const return_to = text(2_048).optional()
const show = page(
  {
    access: anyone,
    endpoint: 'GET /login',
    summary: 'The login page',
    parameters: {
      return_to,
      username: text(256).optional(),
      again: z
        .boolean()
        .optional()
        .describe('Whether the identity provider must authenticate the person again'),
    },
    replies: { 200: 'The page' },
  },
  async ({ parameters, ctx, request }) => {
    const strategies = await offeredAt(ctx)
    const shown = { request, sent: parameters, strategies }
    return logInForm(ctx, shown)
  },
)

/** The identity providers that users can log in by at this host. Shared hosts offer none. */
async function offeredAt(ctx: Ctx) {
  const home = await ctx.siteHosts.homeOf(ctx.scope)
  return home ? ctx.in(home.region).strategies.offeredOf(home.siteId) : []
}

const send = page(
  {
    access: anyone,
    endpoint: 'POST /login',
    summary: 'The login form. Sets the session cookie',
    parameters: {
      username: clearableText(1_024),
      password: clearableText(1_024),
      ...newPasswordParameters,
      return_to,
    },
    shown: ['return_to'],
    limit: 'log-in',
    limitedName: ({ username }) => username,
    replies: {
      ...secondStepItself,
      303: 'Logged in: redirects to the requested page, or to the second step',
      401: 'The form with the reason for the refusal',
      403: 'The form, with fields for a new password if one is required',
      422: 'The form with the errors of the new password',
      429: 'The form with when to try again',
    },
    repeated: ({ parameters, request }) => behindLogin(safeReturn(parameters.return_to), request),
    problemReply: (problem, { parameters, ctx, language, request }) => {
      if (!asksForSecondFactor(problem))
        return logInForm(ctx, { request, sent: parameters, problem })
      const { username } = parameters
      const returnTo = safeReturn(parameters.return_to)
      const step = secondStepRequestedBy(problem, { username, returnTo, isSso: false })
      return leadToSecondStep(ctx, step, { request, language })
    },
  },
  async ({ parameters, ctx, request, language }) => {
    const { username, password } = parameters
    const browser = await browserOf(ctx, { request, language })
    const method = byPassword(ctx, browser, {
      username,
      password,
      otp: null,
      newPassword: newPasswordOf(parameters),
    })
    return logInBrowser(ctx, browser, { method, returnTo: safeReturn(parameters.return_to) })
  },
)

const sendPasskey = page(
  {
    access: anyone,
    endpoint: 'POST /login/passkey',
    summary: 'The button to log in with a passkey. Sets the session cookie',
    parameters: {
      otp: clearableText(16_384),
      passkey: clearableText(4_096).optional(),
      return_to,
    },
    shown: ['return_to', 'passkey'],
    limit: 'log-in',
    replies: {
      303: 'Logged in: redirects to the requested page',
      401: 'The form with the reason for the refusal',
      403: 'The form with the reason for the refusal',
      429: 'The form with when to try again',
    },
    repeated: ({ parameters, request }) => behindLogin(safeReturn(parameters.return_to), request),
    problemReply: (problem, { parameters: { return_to }, ctx, request }) =>
      logInForm(ctx, { request, sent: { return_to }, problem }),
  },
  async ({ parameters, ctx, request, language }) => {
    const { passkey: sealed, otp: answer } = parameters
    const browser = await browserOf(ctx, { request, language })
    const method = await byPasskey(ctx, browser, { sealed, answer })
    return logInBrowser(ctx, browser, { method, returnTo: safeReturn(parameters.return_to) })
  },
)

const logOut = page(
  {
    endpoint: 'POST /logout',
    summary: 'The logout button. Revokes the session of the cookie',
    access: endingSession,
    returnTo: '/account',
    replies: { 303: 'The session was revoked' },
  },
  async ({ caller, ctx }) => {
    const at = { now: ctx.clock(), epoch: ctx.epoch, scope: ctx.scope }
    const strategy = await ctx.in(caller.region).ssoSessions.strategyOf(caller.key)
    await ctx.in(caller.region).sessions.end(caller.key, at)
    const location = strategy === null ? '/login' : `/logged_out?strategy=${strategy}`
    return seeOther(location, [noSessionCookie])
  },
)

const secondStep = {
  access: anyone,
  limit: 'log-in',
  limitedName: ({ username }: { username: string }) => username,
} as const

const showSecondStep = page(
  {
    access: anyone,
    endpoint: 'GET /login/second',
    summary: 'The second step of a login, which can be opened again',
    limit: 'anonymous',
    replies: {
      200: 'The page',
      303: 'Redirects to the login page if no login is in progress',
      401: secondStepReplies[401],
    },
  },
  async ({ ctx, request, language }): Promise<Reply> => {
    const step = await readSecondStepCookie(ctx, request)
    if (step) return secondStepPage(ctx, step, { request, language })
    return seeOther(`/login?locale=${language}`)
  },
)

const finishSecondStep = page(
  {
    ...secondStep,
    endpoint: 'POST /login/second',
    summary: 'The form for a one-time code. Sets the session cookie',
    parameters: {
      ...secondStepSent,
      otp: clearableText(16_384),
      ...newPasswordParameters,
    },
    shown: shownAtSecondStep,
    replies: secondStepReplies,
    repeated: ({ parameters, request }) => behindLogin(safeReturn(parameters.return_to), request),
    problemReply: secondStepProblem,
  },
  async ({ parameters, ctx, request, language }) => {
    const { username, otp } = parameters
    const browser = await browserOf(ctx, { request, language })
    const method = await byPartialSession(ctx, browser, {
      username,
      password: null,
      otp,
      partialSession: parameters.partial_session_id,
      newPassword: newPasswordOf(parameters),
    })
    return logInBrowser(ctx, browser, { method, returnTo: safeReturn(parameters.return_to) })
  },
)

const sendSecondCode = page(
  {
    ...secondStep,
    endpoint: 'POST /login/second/send',
    summary: 'The button to text a code',
    parameters: { ...secondStepSent },
    shown: shownAtSecondStep,
    replies: secondStepReplies,
    repeated: ({ parameters, ctx, request, language }) =>
      leadToSecondStep(ctx, { ...secondStepOf(parameters), isTexted: true }, { request, language }),
    problemReply: secondStepProblem,
  },
  async ({ parameters, ctx, request, language }) => {
    await textCode(ctx, parameters.partial_session_id, language)
    const step = { ...secondStepOf(parameters), isTexted: true }
    return leadToSecondStep(ctx, step, { request, language })
  },
)

export const loginPages = [
  show,
  send,
  sendPasskey,
  logOut,
  showSecondStep,
  finishSecondStep,
  sendSecondCode,
]
