import type { Ctx } from '../context.ts'
import type { Language } from '../http/languages.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import {
  asksForSecondFactor,
  leadToSecondStep,
  secondStepRequestedBy,
} from '../login/second-step-reply.tsx'
import type { HostScope } from '../sites/site.ts'
import { SsoFailedPage } from './sso-page.tsx'
import type { Strategy } from './strategy.ts'

/** Some providers use tokens as codes and states. */
export const LONGEST_CODE = 4_096

export const refusals = {
  401: 'The page with the reason for the refusal',
  403: 'The page with the reason for the refusal',
  429: 'The page with when to try again',
  503: 'The page, because the provider does not respond',
}

/** The strategies of the site at a host. @throws {Problem} no-account-for-site */
export async function strategiesAt(ctx: Ctx, scope: HostScope): Promise<Strategy[]> {
  const home = await ctx.siteHosts.homeOf(scope)
  if (!home) throw new Problem('site-configuration/no-account-for-site')
  return ctx.in(home.region).strategies.offeredOf(home.siteId)
}

/** Shows a refusal on a page, or goes on to the second step of the login. */
export function problemPage(
  problem: Problem,
  viewer: { ctx: Ctx; language: Language; request: RequestFacts },
) {
  const { ctx, language, request } = viewer
  if (!asksForSecondFactor(problem)) return <SsoFailedPage problem={problem} />
  // The sealed assertion holds the page to open next.
  const step = secondStepRequestedBy(problem, { username: '', returnTo: '/account', isSso: true })
  return leadToSecondStep(ctx, step, { request, language })
}
