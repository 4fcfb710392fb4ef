import { forgetCookie, setCookie } from '../http/cookies.ts'

/** Carries the session string of a browser. Counts only when no header carries a credential. */
export const SESSION_COOKIE = '__Host-latchkey'

/** The Set-Cookie header of a login: for as long as the browser is open; the server ends it sooner. */
export function sessionCookie(sessionString: string): string {
  return setCookie(SESSION_COOKIE, sessionString)
}

/** The Set-Cookie header of a logout. */
export const noSessionCookie = forgetCookie(SESSION_COOKIE)
