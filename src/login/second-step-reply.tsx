import type * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Reply } from '../http/route.ts'
import { LONGEST_PARTIAL_SESSION } from '../two-factor/partial-session.ts'
import { findSecondStep, waysOn } from '../two-factor/second-step.ts'
import { keepsCookies } from '../ui/cookie-check.ts'
import { safeReturn } from '../ui/return-to.ts'
import { logInForm } from './login-form.tsx'
import { endOfSecondStep, type SecondStep, secondStepCookie } from './second-step-cookie.ts'
import { SecondStepForm } from './second-step-form.tsx'

/** The replies other than a redirect of a route that leads to a second step. */
export const secondStepItself = {
  200: 'The page of the second step, if it does not fit into a cookie',
}

interface Viewer {
  request: RequestFacts
  language: Language
}

export function asksForSecondFactor({ type }: Problem): boolean {
  return type === 'not-authenticated/two-factor-authentication-error'
}

/** The second step that a refusal asks for. */
export function secondStepRequestedBy(
  { details }: Problem,
  step: Omit<SecondStep, 'partialSession'>,
): SecondStep {
  const { partial_session_id: partialSession } = details.data as { partial_session_id: string }
  return { ...step, partialSession }
}

/**
 * Redirects to the page of a second step, so that neither Back nor a reload sends a form again. If its content does not
 * fit into a cookie, or the browser keeps none, the reply is the page itself.
 */
export async function leadToSecondStep(ctx: Ctx, step: SecondStep, viewer: Viewer): Promise<Reply> {
  const cookie = await secondStepCookie(ctx, step)
  if (cookie === null || !keepsCookies(viewer.request)) return secondStepPage(ctx, step, viewer)
  const headers = { Location: `/login/second?locale=${viewer.language}` }
  return { status: 303, headers, cookies: [cookie] }
}

/** Returns the page of a second step; the login form if the step has ended. */
export async function secondStepPage(
  ctx: Ctx,
  step: SecondStep,
  { request, language }: Viewer,
): Promise<Reply> {
  const end = (problem: Problem) => endPage(ctx, step, { request, language, problem })
  if (step.problem && isEnd(step.problem)) return end(step.problem)
  try {
    const begun = await findSecondStep(ctx, step.partialSession)
    const { account, region, partial } = begun
    const issued = { challenge: { issued: partial.challenge }, hostname: request.hostname }
    const ways = await waysOn(ctx, region, account, issued)
    const { username } = account.user
    const form = <SecondStepForm request={request} step={step} ways={ways} username={username} />
    return { status: 200, body: form }
  } catch (error) {
    if (error instanceof Problem && isEnd(error)) return end(error)
    throw error
  }
}

/** Whether only a new login can follow: for every problem that is not about the code or a new password. */
function isEnd({ status, type }: Problem): boolean {
  return status === 401 && type !== 'not-authenticated/one-time-password-incorrect'
}

async function endPage(
  ctx: Ctx,
  { username, returnTo }: SecondStep,
  { problem, ...viewer }: Viewer & { problem: Problem },
): Promise<Reply> {
  const sent = { username, return_to: returnTo }
  return {
    status: 401,
    cookies: endOfSecondStep(viewer.request),
    body: await logInForm(ctx, { ...viewer, sent, problem }),
  }
}

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
