import type { Ctx } from '../context.ts'
import { logFailure } from '../http/log.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Reply } from '../http/route.ts'
import { readCredential } from '../sessions/credential.ts'
import { limitsOf } from '../sessions/session.ts'
import { SESSION_COOKIE, sessionCookie } from '../sessions/session-cookie.ts'
import { type Device, deviceCookie, deviceOf } from './known-callers.ts'
import type { LoginClient, Method } from './methods/method.ts'
import { logIn } from './pipeline.ts'
import { endOfSecondStep } from './second-step-cookie.ts'

export type Browser = LoginClient & { device: Device }

/** Returns the browser that a request comes from. */
export async function browserOf(
  ctx: Ctx,
  { request, language }: Pick<LoginClient, 'request' | 'language'>,
): Promise<Browser> {
  return { request, device: await deviceOf(ctx, request), language }
}

/**
 * Logs a browser in and redirects it, to the page that sets up a second factor if one is due. Revokes the session that
 * the browser had before.
 */
export async function logInBrowser(
  ctx: Ctx,
  browser: Browser,
  { method, returnTo }: { method: Method; returnTo: string },
): Promise<Reply> {
  const { request, device } = browser
  const { sessionString, live } = await logIn(ctx, browser, method)
  await logFailure(endFormer(ctx, request.cookie(SESSION_COOKIE)), 'end the former session')
  const isSetupDue = limitsOf(live, ctx.clock()).includes('two-factor-setup')
  return {
    status: 303,
    headers: { Location: isSetupDue ? '/account/2fa' : returnTo },
    cookies: [
      sessionCookie(sessionString),
      await deviceCookie(ctx, device),
      ...endOfSecondStep(request),
    ],
  }
}

/**
 * The reply to the second click of a login form: the page behind it. That page asks for a login if the browser lost
 * the cookie of the first click.
 */
export function behindLogin(returnTo: string, request: RequestFacts): Reply {
  return { status: 303, headers: { Location: returnTo }, cookies: endOfSecondStep(request) }
}

async function endFormer(ctx: Ctx, cookie: string | null): Promise<void> {
  const { clock, epoch, scope } = ctx
  const former = cookie === null ? null : await readCredential(ctx, cookie, clock())
  if (former) await ctx.in(former.region).sessions.end(former.key, { now: clock(), epoch, scope })
}
