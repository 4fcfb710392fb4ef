import type { Sealer } from '../crypto/sealer.ts'
import { logFailure } from '../http/log.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Reply } from '../http/route.ts'
import { readCredential } from '../sessions/credential.ts'
import type { LoggedIn } from '../sessions/new-session.ts'
import { limitsOf } from '../sessions/session.ts'
import { SESSION_COOKIE, sessionCookie } from '../sessions/session-cookie.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import type { SessionTokens } from '../sessions/session-token.ts'
import type { HostScope } from '../sites/site.ts'
import type { Clock } from '../storage/clock.ts'
import type { Region, Regions } from '../storage/region.ts'
import { type Device, deviceCookie } from './device.ts'
import { endOfSecondStep } from './second-step-cookie.ts'

export interface BrowserSessionNeeds {
  clock: Clock
  epoch: number
  regions: Regions
  scope: HostScope
  sealer: Sealer
  tokens: SessionTokens
  sessionsIn: (region: Region) => SessionStore
}

/**
 * Gives a browser its new session, and leads it on, to where a second factor is set up where one is due. The
 * session that it had before ends.
 */
export async function enterBySession(
  needs: BrowserSessionNeeds,
  { sessionString, live }: LoggedIn,
  { request, device, place }: { request: RequestFacts; device: Device; place: string },
): Promise<Reply> {
  await logFailure(endFormer(needs, request.cookie(SESSION_COOKIE)), 'end the former session')
  const isSetupDue = limitsOf(live, needs.clock()).includes('two-factor-setup')
  return {
    status: 303,
    headers: { Location: isSetupDue ? '/account/2fa' : place },
    cookies: [
      sessionCookie(sessionString),
      await deviceCookie(needs.sealer, device, needs.clock()),
      ...endOfSecondStep(request),
    ],
  }
}

async function endFormer(needs: BrowserSessionNeeds, cookie: string | null): Promise<void> {
  const { clock, epoch, scope, sessionsIn } = needs
  const former = cookie === null ? null : await readCredential(needs, cookie, clock())
  if (former) await sessionsIn(former.region).end(former.key, { now: clock(), epoch, scope })
}
