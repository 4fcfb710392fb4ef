import type { Clock } from '../platform/clock.ts'
import { Problem } from '../platform/problem.ts'
import type { Access } from '../platform/route.ts'
import type { Region, Regions } from '../regions/region.ts'
import type { SessionCaller } from '../sessions/access.ts'
import { type PresentedSession, readCredential } from '../sessions/credential.ts'
import {
  type LiveSession,
  TOUCH_INTERVAL_MS,
  timeoutAfterUse,
  twoFactorSetupNeeded,
  whyRefused,
} from '../sessions/session.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import { isServedAt, regionMismatch } from '../sites/region-rule.ts'
import type { HostScope } from '../sites/site.ts'
import type { SessionTokens } from '../tokens/session-token.ts'
import { type SentCredentials, sentCredentials } from './sent-credentials.ts'
import type { TokenDigest } from './token-digest.ts'

export interface AdmitNeeds {
  clock: Clock
  epoch: number
  regions: Regions
  scope: HostScope
  globalOrigin: URL
  tokens: SessionTokens
  sessionsIn: (region: Region) => SessionStore
  /** Null where none is set: nobody is an operator then. */
  operatorCredential: TokenDigest | null
}

/**
 * Decides whether a request may call a route, and answers what the route's handler learns of the caller.
 * @throws {Problem} authentication-required, invalid-credentials, and what the route's access names
 */
export async function admit(
  needs: AdmitNeeds,
  access: Access<unknown>,
  headers: Headers,
): Promise<undefined | PresentedSession | SessionCaller> {
  const sent = sentCredentials(headers)
  switch (access.name) {
    case 'anyone':
      return undefined
    case 'password':
      if (sent.apiKey !== null) throw new Problem('not-authorized/cannot-login-while-using-key')
      return undefined
    case 'operator':
      return checkOperator(needs, sent)
    case 'ending-session':
      return presentedSession(needs, sent)
    case 'setting-up-session':
      return liveSession(needs, sent)
    case 'renewing-session':
      return liveSession(needs, sent, 'primary')
    case 'session':
      return fullSession(await liveSession(needs, sent))
    case 'site-admin':
      return siteAdminSession(fullSession(await liveSession(needs, sent, 'primary')))
  }
}

async function checkOperator(
  { operatorCredential }: AdmitNeeds,
  { bearer }: SentCredentials,
): Promise<undefined> {
  if (bearer === null) throw new Problem('not-authenticated/authentication-required')
  if (!operatorCredential) throw refused('OPERATOR_TOKEN is not set')
  if (!(await operatorCredential.matches(bearer))) throw refused('not the operator')
}

async function presentedSession(
  needs: AdmitNeeds,
  sent: SentCredentials,
): Promise<PresentedSession> {
  if (sent.session === null && sent.apiKey === null)
    throw new Problem('not-authenticated/authentication-required')
  const presented = sent.session && (await readCredential(needs, sent.session, needs.clock()))
  if (!presented) throw refused('neither a session string nor a session token of ours')
  return presented
}

function fullSession(caller: SessionCaller): SessionCaller {
  if (twoFactorSetupNeeded(caller.live))
    throw new Problem('not-authorized/two-factor-authentication-required')
  return caller
}

function siteAdminSession(caller: SessionCaller): SessionCaller {
  if (!caller.live.user.siteAdmin) throw new Problem('not-authorized/site-admin-required')
  if (caller.live.user.readOnly) throw new Problem('not-authorized/read-only-session')
  return caller
}

async function liveSession(
  needs: AdmitNeeds,
  sent: SentCredentials,
  place: 'nearest' | 'primary' = 'nearest',
): Promise<SessionCaller> {
  const presented = await presentedSession(needs, sent)
  const now = needs.clock()
  const asked = { now, epoch: needs.epoch, scope: needs.scope }
  const sessions = needs.sessionsIn(presented.region)
  const { region: home } = presented
  const isElsewhere = ({ site }: LiveSession) => !isServedAt(needs.scope, { site, home })
  const isRefused = (found: LiveSession) => whyRefused(found, asked) !== null || isElsewhere(found)
  const live =
    place === 'primary'
      ? await sessions.findAtPrimary(presented.key)
      : await sessions.find(presented.key, now, isRefused)
  if (!live) throw refused('no such session')
  const reason = whyRefused(live, asked)
  if (reason) throw refused(reason)
  if (isElsewhere(live)) throw regionMismatch(home, needs.globalOrigin)
  return { live: await touched(sessions, live, now), presented }
}

/** Writes the use when the last one written is old enough, so that the timeout slides. */
async function touched(
  sessions: SessionStore,
  live: LiveSession,
  now: number,
): Promise<LiveSession> {
  const { session, site } = live
  if (now - session.lastUsedAt < TOUCH_INTERVAL_MS) return live
  const timeoutAt = timeoutAfterUse(now, session.endsAt, site.sessionExpiry)
  if (!(await sessions.touch(session, { at: now, timeoutAt }))) throw refused('just ended')
  return { ...live, session: { ...session, lastUsedAt: now, timeoutAt } }
}

function refused(reason: string): Problem {
  return new Problem('not-authenticated/invalid-credentials', { reason })
}
