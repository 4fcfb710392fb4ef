import { setCookie } from '../http/cookies.ts'
import type { RequestFacts } from '../http/request-facts.ts'

const NAME = '__Host-latchkey-check'

/**
 * The Set-Cookie header of every page while nobody is logged in. It identifies nobody. A browser that sends it back
 * accepts cookies, so a login can last.
 */
export const checkCookie = setCookie(NAME, '1')

/** Whether a browser sends our cookies back. */
export function keepsCookies(request: RequestFacts): boolean {
  return request.cookie(NAME) !== null
}
