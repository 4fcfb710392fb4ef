import { setCookie } from '../http/cookies.ts'
import type { RequestFacts } from '../http/request-facts.ts'

const NAME = '__Host-latchkey-check'

/**
 * The Set-Cookie header that comes with every reply of a page while nobody is logged in. It names nobody. A browser that
 * sends it back keeps cookies, so a login in it can last.
 */
export const checkCookie = setCookie(NAME, '1')

/** Whether a browser sends cookies of ours back. */
export function keepsCookies(request: RequestFacts): boolean {
  return request.cookie(NAME) !== null
}
