import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { anyone, type Reply, route } from '../http/route.ts'
import { LONGEST_PARTIAL_SESSION } from '../two-factor/partial-session.ts'
import { safeReturn } from '../ui/return-to.ts'
import { enterBySession } from './browser-session.ts'
import { deviceOf } from './device.ts'
import { logIn } from './log-in.ts'
import { readSecondStepCookie, type SecondStep } from './second-step-cookie.ts'
import { leadToSecondStep, secondStepItself, secondStepPage } from './second-step-reply.tsx'
import { textCode } from './text-code.ts'

const html = { base: false, access: anyone, mediaType: 'text/html', problems: [] } as const
const page = {
  ...html,
  method: 'POST',
  limit: 'log-in',
  limitedName: ({ username }: { username: string }) => username,
} as const

const locale = text(35).optional()

/** What the form of a second step acts on. */
export const secondStepSent = {
  username: clearableText(1_024),
  partial_session_id: clearableText(LONGEST_PARTIAL_SESSION),
  sso: text(1).optional(),
  return_to: text(2_048).optional(),
}

export const shownAtSecondStep = ['username', 'partial_session_id', 'sso', 'return_to'] as const

type Sent = z.infer<z.ZodObject<typeof secondStepSent>>

export const secondStepReplies = {
  ...secondStepItself,
  303: { description: 'Logged in: on to the page that was asked for. Else back to this one' },
  401: { description: 'The form to log in, where the step is over', body: z.string() },
  403: { description: 'The form, and why it was not taken', body: z.string() },
  422: { description: 'The form, and what is wrong', body: z.string() },
  429: { description: 'The form, and when to try again', body: z.string() },
}

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
      change_password: clearableText(1_024).optional(),
      change_password_confirmation: clearableText(1_024).optional(),
      locale,
    }),
    shown: shownAtSecondStep,
    replies: secondStepReplies,
    tell: tellSecondStep,
  },
  async ({ parameters, ctx, request, language }) => {
    const { username, otp, change_password: chosen = '' } = parameters
    const device = await deviceOf(ctx.sealer, request, ctx.clock())
    const loggedIn = await logIn(ctx, {
      username,
      password: null,
      otp,
      partialSession: parameters.partial_session_id,
      scope: ctx.scope,
      device,
      request,
      language,
      newPassword:
        chosen === ''
          ? null
          : { password: chosen, confirmation: parameters.change_password_confirmation },
    })
    const place = safeReturn(parameters.return_to)
    return enterBySession(ctx, loggedIn, { request, device, place })
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
    tell: tellSecondStep,
  },
  async ({ parameters, ctx, request, language }) => {
    const { scope } = ctx
    await textCode(ctx, { partialSession: parameters.partial_session_id, scope, language })
    const step = { ...secondStepOf(parameters), isTexted: true }
    return leadToSecondStep(ctx, step, { request, language })
  },
)

/** The step that a form was of. */
function secondStepOf(sent: Sent): SecondStep {
  return {
    partialSession: sent.partial_session_id,
    username: sent.username,
    place: safeReturn(sent.return_to),
    isSso: sent.sso !== undefined,
  }
}

/** Tells a refusal where the step is shown. */
export function tellSecondStep(
  problem: Problem,
  told: {
    parameters: Sent
    ctx: Ctx
    language: Language
    request: RequestFacts
  },
): Promise<Reply> {
  const { parameters, ctx, language, request } = told
  const step = { ...secondStepOf(parameters), problem }
  return leadToSecondStep(ctx, step, { request, language })
}

export const secondStepPages = [show, finish, send]
