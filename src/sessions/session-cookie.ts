import { forgetCookie, setCookie } from '../http/cookies.ts'

/** Carries the session string of a browser. It counts only if no header carries a credential. */
export const SESSION_COOKIE = '__Host-latchkey'

/**
 * The Set-Cookie header of a login. The cookie lasts until the browser closes; the server may end the session sooner.
 */
export function sessionCookie(sessionString: string): string {
  return setCookie(SESSION_COOKIE, sessionString)
}

/** The Set-Cookie header of a logout. */
export const noSessionCookie = forgetCookie(SESSION_COOKIE)
