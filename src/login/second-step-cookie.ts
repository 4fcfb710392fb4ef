import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { sealedKind } from '../crypto/sealer.ts'
import { forgetCookie, setCookie } from '../http/cookies.ts'
import { type ModelFault, Problem, type ProblemType } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { messagesFor } from '../messages/messages.ts'

const NAME = '__Host-latchkey-second-step'
/** Longer than the step lasts, so that a person who returns later learns that it has expired. */
const LIFETIME_SECONDS = 3_600

/** Browsers store no larger cookie, including its name and attributes (RFC 6265 §6.1). */
const LARGEST_COOKIE = 4_096

const values = z.record(z.string(), z.string())

/** What the page of a second step shows besides the partial session. */
const sealedRest = sealedKind(
  'latchkey-second-step+jwt',
  LIFETIME_SECONDS,
  z.object({
    username: z.string(),
    place: z.string(),
    isSso: z.boolean(),
    isTexted: z.boolean().optional(),
    /** Why the last attempt was refused. */
    refusal: z
      .object({
        type: z.string().refine((type) => Object.hasOwn(messagesFor('en').problems, type)),
        values: values.optional(),
        modelErrors: z
          .record(
            z.string(),
            z.array(z.union([z.string(), z.object({ error: z.string(), values })])),
          )
          .optional(),
      })
      .optional(),
  }),
)

/** The second step of a login in a browser. */
export interface SecondStep {
  /** From the first step. */
  partialSession: string
  /** As it was typed; empty if an identity provider named the person. */
  username: string
  /** The page that follows the login. */
  returnTo: string
  /** Whether an identity provider's assertion replaces the password. */
  isSso: boolean
  /** Whether a code has just been texted. */
  isTexted?: boolean
  /** Why the last attempt was refused. */
  problem?: Problem
}

/**
 * Returns the Set-Cookie header that gives the page of a second step a URL, so that a reload does not send a form
 * again. The page's form acts on what the page showed, not on the cookie. Null if the content is too large for a
 * cookie, as an identity provider's assertion may be.
 */
export async function secondStepCookie(
  ctx: Ctx,
  { partialSession, problem, returnTo: place, ...step }: SecondStep,
): Promise<string | null> {
  const refusal = problem && {
    type: problem.type,
    ...(problem.details.values && { values: problem.details.values }),
    ...(problem.details.modelErrors && { modelErrors: problem.details.modelErrors }),
  }
  const rest = await sealedRest.seal(ctx, { ...step, place, ...(refusal && { refusal }) })
  const cookie = setCookie(NAME, `${partialSession}~${rest}`, LIFETIME_SECONDS)
  return cookie.length <= LARGEST_COOKIE ? cookie : null
}

/** The Set-Cookie header that ends a browser's second step; none if there was no such step. */
export function endOfSecondStep(request: RequestFacts): string[] {
  return request.cookie(NAME) === null ? [] : [forgetCookie(NAME)]
}

/** Returns the second step that a browser is at; null for none. Does not check whether it has expired. */
export async function readSecondStepCookie(
  ctx: Ctx,
  request: RequestFacts,
): Promise<SecondStep | null> {
  const [partialSession, rest] = request.cookie(NAME)?.split('~') ?? []
  const read = rest === undefined ? null : await sealedRest.unseal(ctx, rest)
  if (!read || !partialSession) return null
  const { username, place: returnTo, isSso, isTexted, refusal } = read
  return {
    partialSession,
    username,
    returnTo,
    isSso,
    ...(isTexted && { isTexted }),
    ...(refusal && { problem: problemOf(refusal) }),
  }
}

type Refusal = NonNullable<z.infer<(typeof sealedRest)['content']>['refusal']>

function problemOf({ type, values, modelErrors }: Refusal): Problem {
  return new Problem(type as ProblemType, {
    ...(values && { values }),
    ...(modelErrors && { modelErrors: modelErrors as Record<string, ModelFault[]> }),
  })
}
