import { clearableText } from '../http/check-parameters.ts'
import { page } from '../http/page-route.ts'
import { anyone, type Reply, seeOther } from '../http/route.ts'
import { textCode } from '../two-factor/second-step.ts'
import { safeReturn } from '../ui/return-to.ts'
import { behindLogin, browserOf, logInBrowser } from './browser-session.ts'
import { newPasswordOf, newPasswordParameters } from './login-form.tsx'
import { byPartialSession } from './methods/partial-session.ts'
import { readSecondStepCookie } from './second-step-cookie.ts'
import {
  leadToSecondStep,
  secondStepOf,
  secondStepPage,
  secondStepProblem,
  secondStepReplies,
  secondStepSent,
  shownAtSecondStep,
} from './second-step-reply.tsx'

const door = {
  access: anyone,
  limit: 'log-in',
  limitedName: ({ username }: { username: string }) => username,
} as const

const show = page(
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

const finish = page(
  {
    ...door,
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

const send = page(
  {
    ...door,
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
    const { scope } = ctx
    await textCode(ctx, { partialSession: parameters.partial_session_id, scope, language })
    const step = { ...secondStepOf(parameters), isTexted: true }
    return leadToSecondStep(ctx, step, { request, language })
  },
)

export const secondStepPages = [show, finish, send]
