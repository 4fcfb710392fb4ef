import { fullPath } from '../../src/http/route.ts'
import type { routes } from '../../src/routes.ts'

/** The path of a route with an id, which goes into the query when a GET has no place for it in the path. */
export function pathWithId(route: (typeof routes)[number], id: number): string {
  const path = fullPath(route)
  if (path.includes(':id')) return path.replace(':id', String(id))
  return route.method === 'GET' && 'id' in route.parameters.shape ? `${path}?id=${id}` : path
}
