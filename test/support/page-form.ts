import { fullPath } from '../../src/platform/api-description.ts'
import { isForm } from '../../src/platform/route.ts'
import { BASE_PATH, routes } from '../../src/routes.ts'

const forms = routes.filter(isForm).map((route) => ({
  route,
  pattern: new RegExp(`^${fullPath(route, BASE_PATH).replaceAll(/:\w+/g, '[^/]+')}$`),
}))

/** The route that takes a form sent here; undefined for every other call. */
export function formRouteAt(method: string, path: string) {
  return method === 'POST' ? forms.find(({ pattern }) => pattern.test(path))?.route : undefined
}

/** What a browser adds to a form of a page of this host, unless a test says where it is from. */
export function headersOfPage(headers: Record<string, string>, host: string) {
  const saysWhereFrom = 'Origin' in headers || 'Sec-Fetch-Site' in headers
  return saysWhereFrom ? headers : { ...headers, Origin: `http://${host}` }
}
