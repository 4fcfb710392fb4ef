import * as z from 'zod'
import type { SealedKind, Sealer } from '../crypto/sealer.ts'
import { forgetCookie, setCookie } from '../http/cookies.ts'
import { Problem } from '../http/problem.ts'
import { type ModelFault, type ProblemType, problemTypes } from '../http/problem-types.ts'
import type { RequestFacts } from '../http/request-facts.ts'

const NAME = '__Host-latchkey-second-step'
/** Longer than the step lasts: who comes back later is told that it is over. */
const LIFETIME_SECONDS = 3_600

/** A browser keeps no larger one, its name and attributes included (RFC 6265 §6.1). */
const LARGEST_COOKIE = 4_096

const values = z.record(z.string(), z.string())

/** What the page of a second step shows besides the partial session. */
const sealedRest = {
  typ: 'latchkey-second-step+jwt',
  content: z.object({
    username: z.string(),
    place: z.string(),
    isSso: z.boolean(),
    isTexted: z.boolean().optional(),
    /** Why the last try was refused. */
    refusal: z
      .object({
        type: z.string().refine((type) => Object.hasOwn(problemTypes, type)),
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
  lifetimeSeconds: LIFETIME_SECONDS,
} satisfies SealedKind<z.ZodType>

/** A second step that a person is at, in a browser. */
export interface SecondStep {
  /** As the first step gave it. */
  partialSession: string
  /** As it was typed; empty where an identity provider named the person. */
  username: string
  /** The page to go on to. */
  returnTo: string
  /** Whether an identity provider's word stands for the password. */
  isSso: boolean
  /** Whether a code has just been texted. */
  isTexted?: boolean
  /** Why the last try was refused. */
  problem?: Problem
}

/**
 * The Set-Cookie header by which the page of a second step has an address: what it shows stands in no form that a
 * reload would send again. The form of the page acts on what it showed, not on the cookie. Null where it is too large
 * for one: what an identity provider says of a person may be.
 */
export async function secondStepCookie(
  sealer: Sealer,
  { partialSession, problem, returnTo: place, ...step }: SecondStep,
  now: number,
): Promise<string | null> {
  const refusal = problem && {
    type: problem.type,
    ...(problem.details.values && { values: problem.details.values }),
    ...(problem.details.modelErrors && { modelErrors: problem.details.modelErrors }),
  }
  const rest = await sealer.seal(sealedRest, { ...step, place, ...(refusal && { refusal }) }, now)
  const cookie = setCookie(NAME, `${partialSession}~${rest}`, LIFETIME_SECONDS)
  return cookie.length <= LARGEST_COOKIE ? cookie : null
}

/** The Set-Cookie header of a browser whose second step is over; none where it was at none. */
export function endOfSecondStep(request: RequestFacts): string[] {
  return request.cookie(NAME) === null ? [] : [forgetCookie(NAME)]
}

/** The second step that a browser is at; null for none. Whether it is still good is not asked. */
export async function readSecondStepCookie(
  sealer: Sealer,
  request: RequestFacts,
  now: number,
): Promise<SecondStep | null> {
  const [partialSession, rest] = request.cookie(NAME)?.split('~') ?? []
  const read = rest === undefined ? null : await sealer.unseal(sealedRest, rest, now)
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
