import type { LoginOutcome } from '../../audit/login-outcome.ts'
import type { Ctx } from '../../context.ts'
import { Problem } from '../../http/problem.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import type { LoggedIn } from '../../sessions/new-session.ts'
import {
  type LiveSession,
  OF_ANOTHER_NETWORK,
  originOf,
  timeoutAfterUse,
  whyOver,
} from '../../sessions/session.ts'
import { newSessionString, sessionDigest } from '../../sessions/session-string.ts'
import { type HostScope, inScope, ownHostKind } from '../../sites/site.ts'
import { newId } from '../../storage/ids.ts'
import type { Region } from '../../storage/region.ts'
import { type LoginToken, readLoginToken } from '../login-token.ts'
import { unnamedAttempt } from '../named-attempt.ts'
import { outcomeOf, whyDenied } from '../policy.ts'
import { recordAtHost } from '../record-at-host.ts'

interface RedeemInput {
  text: string
  scope: HostScope
  request: RequestFacts
}

/**
 * Logs in by a login token, at the host of its site only and once. The new session ends with the one
 * that the token came from, at the latest.
 * @throws {Problem} invalid-username-or-password, whatever is wrong with the token
 */
export async function redeemLoginToken(ctx: Ctx, input: RedeemInput): Promise<LoggedIn> {
  const { request } = input
  const now = ctx.clock()
  const { token, region, parent } = await whoseLoginToken(ctx, input)
  const sessionString = newSessionString(region)
  const session = {
    ...parent.session,
    id: newId(region.code),
    digest: await sessionDigest(sessionString),
    createdAt: now,
    lastUsedAt: now,
    timeoutAt: timeoutAfterUse(now, parent.session.endsAt, parent.site.sessionExpiry),
    parentId: parent.session.id,
    ...originOf(request),
  }
  const { username } = parent.user
  const attempt = unnamedAttempt(region, { request, at: now, username })
  const judged = { user: parent.user, site: parent.site }
  if (!(await ctx.in(region).redemptions.redeem(token, attempt, { row: session, judged })))
    throw new Problem('not-authenticated/invalid-username-or-password', { reason: 'used before' })
  return { live: { ...parent, session }, region, sessionString }
}

/**
 * Whom a login token would log in, at the host of its site only. It is not used up, and may have been. A refusal
 * is in the login history of its user, or else of the site whose host it was sent to.
 * @throws {Problem} invalid-username-or-password, whatever is wrong with the token
 */
export async function whoseLoginToken(
  ctx: Ctx,
  input: RedeemInput,
): Promise<{ token: LoginToken; region: Region; parent: LiveSession }> {
  const at = ctx.clock()
  const token = await readLoginToken(ctx.sealer, input.text, at)
  const region = token && ctx.regions.withName(token.region)
  const parent = token && region && (await ctx.in(region).sessions.findAtPrimary({ id: token.sid }))
  const outcome = parent && region ? judge(ctx, region, { parent, input, at }) : 'key_mismatch'
  if (token && region && parent && outcome === 'none') return { token, region, parent }
  const { request } = input
  if (region && parent && inScope(input.scope, parent.site)) {
    const attempt = unnamedAttempt(region, { request, at, username: parent.user.username })
    const { user, site } = parent
    const end = { outcome, userId: user.id, siteId: site.id, sessionId: null }
    await ctx.in(region).attempts.record(attempt, end)
  } else await recordAtHost(ctx, input, outcome)
  throw new Problem('not-authenticated/invalid-username-or-password', { reason: outcome })
}

function judge(
  { epoch }: Ctx,
  home: Region,
  { parent, input, at }: { parent: LiveSession; input: RedeemInput; at: number },
): LoginOutcome {
  const { scope, request: client } = input
  const over = whyOver(parent, { now: at, epoch, client })
  const isHere = scope.kind === ownHostKind(parent.site)
  const isRight = over === null && isHere
  const denial = whyDenied(parent, {
    scope,
    client,
    home,
    at,
    by: 'login-token',
    isRight,
    usedAt: null,
    bringsPassword: false,
  })
  const outcome = outcomeOf(denial)
  return over === OF_ANOTHER_NETWORK && outcome === 'key_mismatch' ? 'ip_mismatch' : outcome
}
