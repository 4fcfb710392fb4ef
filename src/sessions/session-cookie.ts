/** Carries the session string of a browser. Counts only when no header carries a credential. */
export const SESSION_COOKIE = '__Host-latchkey'

const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax'

/** The Set-Cookie header of a log in: for as long as the browser is open; the server ends it sooner. */
export function sessionCookie(sessionString: string): string {
  return `${SESSION_COOKIE}=${sessionString}; ${ATTRIBUTES}`
}

/** The Set-Cookie header of a log out. */
export const noSessionCookie = `${SESSION_COOKIE}=; ${ATTRIBUTES}; Max-Age=0`
