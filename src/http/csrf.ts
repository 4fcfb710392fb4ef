import { sentCredentials } from '../access/sent-credentials.ts'
import { isOriginNamed } from './cors.ts'
import { Problem } from './problem.ts'
import { isAnonymous, isForm, type Route } from './route.ts'

/** Which page a browser says that it was on when it sent a request. */
type RequestOrigin = 'this-host' | 'elsewhere' | 'no-page'

/**
 * The one defence against cross-site request forgery (CSRF), for every route that changes something. A
 * browser sends forms and cookies for whatever page asks it to, so:
 * - the form of a page, and a session in a cookie, count only from a page of this very host,
 * - a call without a credential counts from no page of another host, as it would act from the address of
 *   whoever looks at that page. Programs say neither header, and are let through.
 *
 * A credential in a header was put there by the page itself, which CORS decides about.
 * @throws {Problem} cross-site-request
 */
export function refuseForgery(
  route: Pick<Route, 'method' | 'mediaType' | 'access' | 'sameOriginOnly'>,
  { headers, url }: Request,
  allowedOrigins: string | undefined,
): void {
  if (route.method === 'GET') return
  const from = sentFrom(headers, url)
  const isFine = () => {
    if (isForm(route)) return from === 'this-host'
    if (!isAnonymous(route)) return from === 'this-host' || !countsByCookie(route, headers)
    return from !== 'elsewhere' || (!route.sameOriginOnly && isFromNamedOrigin())
  }
  const isFromNamedOrigin = () => isOriginNamed(allowedOrigins, headers.get('Origin'))
  if (!isFine()) throw new Problem('not-authorized/cross-site-request')
}

/**
 * Fetch Metadata wins: a page can hide its origin, but not that it is another site's. Sites are siblings
 * below one domain, so `same-site` is a stranger. What no browser sends is taken for the worst.
 */
function sentFrom(headers: Headers, url: string): RequestOrigin {
  const site = headers.get('Sec-Fetch-Site')
  const isOwnOrigin = headers.get('Origin') === new URL(url).origin
  if (site === 'same-origin') return 'this-host'
  if (site === 'none') return isOwnOrigin ? 'this-host' : 'no-page'
  if (site !== null) return 'elsewhere'
  if (!headers.has('Origin')) return 'no-page'
  return isOwnOrigin ? 'this-host' : 'elsewhere'
}

/** An operator's and a service's credentials come in a header alone. */
function countsByCookie({ access }: Pick<Route, 'access'>, headers: Headers): boolean {
  return !['operator', 'service'].includes(access.name) && sentCredentials(headers).byCookie
}
