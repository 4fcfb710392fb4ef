import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { HostScope } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import { countersFor } from './failure-counter.ts'
import { unnamedAttempt } from './identify.ts'

interface HostRequest {
  scope: HostScope
  request: RequestFacts
}

/**
 * Records a refusal of an unknown person for the site of the host, so that its admins see the attempt. On shared
 * hosts nothing is recorded, because nobody could read it.
 */
export async function recordAtHost(
  ctx: Ctx,
  { scope, request }: HostRequest,
  outcome: LoginOutcome,
): Promise<void> {
  const home = scope.kind === 'any' ? null : await ctx.siteHosts.homeOf(scope)
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
  at: HostRequest,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem && error.status === 401)
      await recordAtHost(ctx, at, 'key_mismatch')
    throw error
  }
}
