import type * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Reply } from '../http/route.ts'
import { LONGEST_PARTIAL_SESSION } from '../two-factor/partial-session.ts'
import { safeReturn } from '../ui/return-to.ts'
import type { SecondStep } from './second-step-cookie.ts'
import { leadToSecondStep, secondStepItself } from './second-step-reply.tsx'

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
  303: 'Logged in: redirects to the requested page. Otherwise redirects to this page',
  401: 'The login form, because the step has ended',
  403: 'The form with the reason for the refusal',
  422: 'The form with its errors',
  429: 'The form with when to try again',
}

/** The step that a form belongs to. */
export function secondStepOf(sent: Sent): SecondStep {
  return {
    partialSession: sent.partial_session_id,
    username: sent.username,
    returnTo: safeReturn(sent.return_to),
    isSso: sent.sso !== undefined,
  }
}

/** Shows a refusal on the page of the step. */
export function secondStepProblem(
  problem: Problem,
  call: {
    parameters: Sent
    ctx: Ctx
    language: Language
    request: RequestFacts
  },
): Promise<Reply> {
  const { parameters, ctx, language, request } = call
  const step = { ...secondStepOf(parameters), problem }
  return leadToSecondStep(ctx, step, { request, language })
}
