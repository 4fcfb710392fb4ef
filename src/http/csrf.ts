import { sentCredentials } from '../access/sent-credentials.ts'
import type { OriginGrant } from './cors.ts'
import { Problem } from './problem.ts'
import { urlOf } from './request-facts.ts'
import { isAnonymous, isForm, type Route } from './route.ts'

/**
 * Refuses cross-site request forgery (CSRF) on every route that changes something. A browser sends forms and cookies
 * for any page that asks it to, so:
 * - a page's form, and a session in a cookie, count only from a page of this host,
 * - a call without credentials is refused from pages of other hosts, because it would act from the IP address of
 *   whoever visits that page. Programs send neither header and are allowed.
 * A credential in a header was put there by the page itself, which CORS decides about.
 * @throws {Problem} cross-site-request
 */
export function refuseForgery(
  route: Pick<Route, 'method' | 'mediaType' | 'access' | 'sameOriginOnly'>,
  request: Request,
  grant: OriginGrant | null,
): void {
  if (route.method === 'GET') return
  const { headers } = request
  const from = sentFrom(request)
  // CORS is about calls by scripts. A form of an allowed origin that opens the API as a page is none.
  const isCall = ['cors', null].includes(headers.get('Sec-Fetch-Mode'))
  const isListed = isCall && (grant === 'named' || grant === 'listed')
  const isFine = () => {
    if (isForm(route)) return from === 'this-host'
    if (!isAnonymous(route)) return from === 'this-host' || !countsByCookie(route, headers)
    return from !== 'elsewhere' || (!route.sameOriginOnly && isListed)
  }
  if (!isFine()) throw new Problem('not-authorized/cross-site-request')
}

/**
 * The page that a request came from. Fetch Metadata takes precedence: a page can hide its origin, but not that it is cross-site. Sites share one parent
 * domain, so `same-site` may be another tenant. Unknown values count as cross-site.
 */
function sentFrom(request: Request): 'this-host' | 'elsewhere' | 'no-page' {
  const { headers } = request
  const site = headers.get('Sec-Fetch-Site')
  const isOwnOrigin = headers.get('Origin') === urlOf(request).origin
  if (site === 'same-origin') return 'this-host'
  if (site === 'none') return isOwnOrigin ? 'this-host' : 'no-page'
  if (site !== null) return 'elsewhere'
  if (!headers.has('Origin')) return 'no-page'
  return isOwnOrigin ? 'this-host' : 'elsewhere'
}

/** Operators' and services' credentials are only ever in a header. */
function countsByCookie({ access }: Pick<Route, 'access'>, headers: Headers): boolean {
  return !['operator', 'service'].includes(access.name) && sentCredentials(headers).byCookie
}
