import type { Ctx } from '../context.ts'
import { logFailure } from '../http/log.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Reply } from '../http/route.ts'
import { readCredential } from '../sessions/credential.ts'
import type { LoggedIn } from '../sessions/new-session.ts'
import { limitsOf } from '../sessions/session.ts'
import { SESSION_COOKIE, sessionCookie } from '../sessions/session-cookie.ts'
import { type Device, deviceCookie } from './device.ts'
import { endOfSecondStep } from './second-step-cookie.ts'

/**
 * Gives a browser its new session, and leads it on, to where a second factor is set up where one is due. The
 * session that it had before ends.
 */
export async function startBrowserSession(
  ctx: Ctx,
  { sessionString, live }: LoggedIn,
  { request, device, place }: { request: RequestFacts; device: Device; place: string },
): Promise<Reply> {
  await logFailure(endFormer(ctx, request.cookie(SESSION_COOKIE)), 'end the former session')
  const isSetupDue = limitsOf(live, ctx.clock()).includes('two-factor-setup')
  return {
    status: 303,
    headers: { Location: isSetupDue ? '/account/2fa' : place },
    cookies: [
      sessionCookie(sessionString),
      await deviceCookie(ctx.sealer, device, ctx.clock()),
      ...endOfSecondStep(request),
    ],
  }
}

/** The page behind a form that has logged in: it asks to do so again where the cookie of the first click was lost. */
export function behindLogin(place: string, request: RequestFacts): Reply {
  return { status: 303, headers: { Location: place }, cookies: endOfSecondStep(request) }
}

async function endFormer(ctx: Ctx, cookie: string | null): Promise<void> {
  const { clock, epoch, scope } = ctx
  const former = cookie === null ? null : await readCredential(ctx, cookie, clock())
  if (former) await ctx.in(former.region).sessions.end(former.key, { now: clock(), epoch, scope })
}
