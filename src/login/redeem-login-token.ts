import type { Attempt } from '../history/record-attempt.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region, Regions } from '../regions/region.ts'
import type { LoggedIn } from '../sessions/new-session.ts'
import { type LiveSession, originOf, timeoutAfterUse, whyRefused } from '../sessions/session.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import { newSessionString, sessionDigest } from '../sessions/session-string.ts'
import { type HostScope, ownHostKind } from '../sites/site.ts'
import type { Sealer } from '../tokens/sealer.ts'
import { type LoginToken, readLoginToken } from './login-token.ts'
import type { RedemptionLedger } from './redemption-ledger.ts'

export interface RedeemNeeds {
  clock: Clock
  epoch: number
  regions: Regions
  sealer: Sealer
  sessionsIn: (region: Region) => SessionStore
  redemptionsIn: (region: Region) => RedemptionLedger
}

/**
 * Logs in by a login token, at the host of its site only and once. The new session ends with the one
 * that the token came from, at the latest.
 * @throws {Problem} invalid-username-or-password, whatever is wrong with the token
 */
export async function redeemLoginToken(
  needs: RedeemNeeds,
  input: { text: string; scope: HostScope; request: RequestFacts },
): Promise<LoggedIn> {
  const now = needs.clock()
  const { token, region, parent } = await whoseLoginToken(needs, input)
  const sessionString = newSessionString(region)
  const session = {
    ...parent.session,
    id: newId(region.code),
    digest: await sessionDigest(sessionString),
    createdAt: now,
    lastUsedAt: now,
    timeoutAt: timeoutAfterUse(now, parent.session.endsAt, parent.site.sessionExpiry),
    parentId: parent.session.id,
    ...originOf(input.request),
  }
  const attempt = attemptOf(parent, input.request, { id: newId(region.code), at: now })
  if (!(await needs.redemptionsIn(region).redeem(token, attempt, session)))
    throw refused('login token used before')
  return { live: { ...parent, session }, region, sessionString }
}

/**
 * Whom a login token would log in, at the host of its site only. It is not used up, and may have been.
 * @throws {Problem} invalid-username-or-password, whatever is wrong with the token
 */
export async function whoseLoginToken(
  needs: RedeemNeeds,
  { text, scope, request }: { text: string; scope: HostScope; request: RequestFacts },
): Promise<{ token: LoginToken; region: Region; parent: LiveSession }> {
  const token = await readLoginToken(needs.sealer, text, needs.clock())
  const region = token && needs.regions.withName(token.region)
  if (!token || !region) throw refused('not a login token of ours, or expired')
  if (scope.kind === 'any') throw refused('login token at a host of no one site')
  const parent = await liveParent(needs, region, token, { scope, request })
  if (scope.kind !== ownHostKind(parent.site)) throw refused('not at login_token_domain')
  return { token, region, parent }
}

async function liveParent(
  needs: RedeemNeeds,
  region: Region,
  token: LoginToken,
  { scope, request: comer }: { scope: HostScope; request: RequestFacts },
): Promise<LiveSession> {
  const asked = { now: needs.clock(), epoch: needs.epoch, scope, comer }
  const parent = await needs
    .sessionsIn(region)
    .find({ id: token.sid }, asked.now, (found) => whyRefused(found, asked) !== null)
  const reason = parent ? whyRefused(parent, asked) : 'the session of the login token has ended'
  if (!parent || reason) throw refused(reason ?? 'no such session')
  return parent
}

function attemptOf(
  { user, site }: LiveSession,
  request: RequestFacts,
  { id, at }: { id: number; at: number },
): Attempt {
  return {
    id,
    siteId: site.id,
    username: user.username,
    address: request.address,
    userAgent: request.userAgent,
    requestId: request.id,
    at,
  }
}

function refused(reason: string): Problem {
  return new Problem('not-authenticated/invalid-username-or-password', { reason })
}
