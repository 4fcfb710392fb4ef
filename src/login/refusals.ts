import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import { Problem, type ProblemType } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { SECOND } from '../storage/clock.ts'
import { type Region, regionalHost } from '../storage/region.ts'
import { countersFor } from './failure-counter.ts'
import { unnamedAttempt } from './identify.ts'

const problemTypeOf: Partial<Record<LoginOutcome, ProblemType>> = {
  one_time_password_mismatch: 'not-authenticated/one-time-password-incorrect',
  password_change_required: 'not-authorized/password-change-required',
  password_change_not_required: 'not-authorized/password-change-not-required',
}

/**
 * Returns the problem that the client gets for a refused login. It is the same for every cause that reveals something
 * about a user.
 * @param home the region of the account; null if there is none
 */
export function refusalOf(outcome: LoginOutcome, home: Region | null, globalOrigin: URL): Problem {
  if (home && outcome === 'region_mismatch') return regionMismatch(home, globalOrigin)
  const type = problemTypeOf[outcome] ?? 'not-authenticated/invalid-username-or-password'
  return new Problem(type, { reason: outcome })
}

/** Sends a client whose user is known to the host of the home region. */
export function regionMismatch(home: Region, globalOrigin: URL): Problem {
  const host = regionalHost(home, globalOrigin)
  return new Problem('not-authenticated/lockout-region-mismatch', {
    values: { host },
    data: { host },
    headers: { 'X-Files-Host': host },
  })
}

/** @param lockedUntil and `at` in milliseconds since the Unix epoch */
export function lockedOut(lockedUntil: number, at: number): Problem {
  const until = new Date(lockedUntil).toISOString()
  return new Problem('not-authenticated/locked-out', {
    values: { until },
    data: { lockout_expires: until },
    headers: retryAfter(lockedUntil, at),
  })
}

export function retryAfter(lockedUntil: number, at: number): Record<string, string> {
  return { 'Retry-After': String(Math.ceil((lockedUntil - at) / SECOND)) }
}

/**
 * Records a refusal of an unknown person for the site of the host, so that its admins see the attempt. On shared
 * hosts nothing is recorded, because nobody could read it.
 */
export async function recordAtHost(
  ctx: Ctx,
  request: RequestFacts,
  outcome: LoginOutcome,
): Promise<void> {
  const home = await ctx.siteHosts.homeOf(ctx.scope)
  if (!home) return
  const { region, siteId } = home
  await recordUnknown(ctx, region, { request, siteId, outcome })
}

/** The same for a known site. @param unknown its `username` is what another party calls the person */
export async function recordUnknown(
  ctx: Ctx,
  region: Region,
  {
    siteId,
    outcome,
    ...tried
  }: { siteId: number; outcome: LoginOutcome; request: RequestFacts; username?: string },
): Promise<void> {
  const attempt = unnamedAttempt(region, { ...tried, at: ctx.clock() })
  const nameKey = `\u0000unknown ${attempt.username}`
  const counters = await countersFor(ctx.nameDigestKey, { nameKey, siteId }, null)
  const end = { outcome, siteId, userId: null, sessionId: null }
  await ctx.in(region).refusals.recordUnknown({ ...attempt, siteId }, end, counters)
}

/** Runs a step that may refuse a link or token before its site is known, and records a refusal. */
export async function orRecord<Value>(
  ctx: Ctx,
  request: RequestFacts,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem && error.status === 401)
      await recordAtHost(ctx, request, 'key_mismatch')
    throw error
  }
}
