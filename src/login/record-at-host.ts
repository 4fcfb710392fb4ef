import type { AttemptStore } from '../audit/attempt-store.ts'
import type { LoginOutcome } from '../audit/login-outcome.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { HostScope } from '../sites/site.ts'
import type { SiteHosts } from '../sites/site-hosts.ts'
import type { Clock } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import { unnamedAttempt } from './named-attempt.ts'

export interface RecordNeeds {
  clock: Clock
  siteHosts: SiteHosts
  attemptsIn: (region: Region) => AttemptStore
}

interface AskedAt {
  scope: HostScope
  request: RequestFacts
}

/**
 * Records a refusal of who is not known: the site whose host was asked learns that somebody tried. At a host of no
 * one site nobody could read it.
 */
export async function recordAtHost(
  { clock, siteHosts, attemptsIn }: RecordNeeds,
  { scope, request }: AskedAt,
  outcome: LoginOutcome,
): Promise<void> {
  const home = scope.kind === 'any' ? null : await siteHosts.homeOf(scope)
  if (!home) return
  const { region, siteId } = home
  const attempt = unnamedAttempt(region, { request, at: clock() })
  await attemptsIn(region).record(attempt, { outcome, siteId, userId: null, sessionId: null })
}

/** Does something that may refuse a link or token before it is known whose it is, and records that it did. */
export async function orRecord<Value>(
  needs: RecordNeeds,
  asked: AskedAt,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem && error.status === 401)
      await recordAtHost(needs, asked, 'key_mismatch')
    throw error
  }
}
