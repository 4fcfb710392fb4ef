import * as z from 'zod'
import { clearableText, text } from '../http/check-parameters.ts'
import { anyone, type Reply, route } from '../http/route.ts'
import { safeReturn } from '../ui/return-to.ts'
import { behindLogin, browserOf, logInBrowser } from './browser-session.ts'
import { byPartialSession } from './methods/partial-session.ts'
import { newPasswordOf, newPasswordParameters } from './new-password-fields.tsx'
import { readSecondStepCookie } from './second-step-cookie.ts'
import { leadToSecondStep, secondStepPage } from './second-step-reply.tsx'
import { textCode } from './text-code.ts'

const html = { base: false, access: anyone, mediaType: 'text/html', problems: [] } as const
const page = {
  ...html,
  method: 'POST',
  limit: 'log-in',
  limitedName: ({ username }: { username: string }) => username,
} as const

const locale = text(35).optional()

import {
  secondStepOf,
  secondStepProblem,
  secondStepReplies,
  secondStepSent,
  shownAtSecondStep,
} from './second-step-sent.tsx'

const show = route(
  {
    ...html,
    method: 'GET',
    path: '/login/second',
    summary: 'The page that asks for a second factor, however often it is opened',
    parameters: z.object({ locale }),
    limit: 'anonymous',
    replies: {
      200: { description: 'The page', body: z.string() },
      303: { description: 'To the form to log in, where no login is under way' },
      401: secondStepReplies[401],
    },
  },
  async ({ ctx, request, language }): Promise<Reply> => {
    const step = await readSecondStepCookie(ctx.sealer, request, ctx.clock())
    if (step) return secondStepPage(ctx, step, { request, language })
    return { status: 303, headers: { Location: `/login?locale=${language}` } }
  },
)

const finish = route(
  {
    ...page,
    path: '/login/second',
    summary: 'The form for a code of the second factor: sets the session cookie',
    parameters: z.object({
      ...secondStepSent,
      otp: clearableText(16_384),
      ...newPasswordParameters,
      locale,
    }),
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

const send = route(
  {
    ...page,
    path: '/login/second/send',
    summary: 'Its button that texts a code',
    parameters: z.object({ ...secondStepSent, locale }),
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
