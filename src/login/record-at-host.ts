import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { HostScope } from '../sites/site.ts'
import { unnamedAttempt } from './identify.ts'

interface AskedAt {
  scope: HostScope
  request: RequestFacts
}

/**
 * Records a refusal of who is not known: the site whose host was asked learns that somebody tried. At a host of no
 * one site nobody could read it.
 */
export async function recordAtHost(
  ctx: Ctx,
  { scope, request }: AskedAt,
  outcome: LoginOutcome,
): Promise<void> {
  const home = scope.kind === 'any' ? null : await ctx.siteHosts.homeOf(scope)
  if (!home) return
  const { region, siteId } = home
  const attempt = unnamedAttempt(region, { request, at: ctx.clock() })
  await ctx.in(region).attempts.record(attempt, { outcome, siteId, userId: null, sessionId: null })
}

/** Does something that may refuse a link or token before it is known whose it is, and records that it did. */
export async function orRecord<Value>(
  ctx: Ctx,
  asked: AskedAt,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem && error.status === 401)
      await recordAtHost(ctx, asked, 'key_mismatch')
    throw error
  }
}
