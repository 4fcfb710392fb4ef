import { type Context, Hono } from 'hono'
import { etag } from 'hono/etag'
import { secureHeaders } from 'hono/secure-headers'
import { type App, answerRoute, grantOf } from './answer-route.ts'
import { routes as everydayRoutes } from './area-everyday.ts'
import { type Area, areaOf } from './areas.ts'
import { crossOrigin, otherOrigin, variesByOrigin } from './http/cors.ts'
import { acceptedLanguage } from './http/languages.ts'
import { logRequest, rootMessage } from './http/log.ts'
import { Problem, problemWithin } from './http/problem.ts'
import { problemReply } from './http/problem-reply.ts'
import { readRequestFacts, urlOf } from './http/request-facts.ts'
import { BASE_PATH, fullPath, type Route } from './http/route.ts'
import type { Entry } from './services.ts'
import { RoundTripMeter } from './storage/round-trips.ts'
import { errorPage, isForPerson } from './ui/error-page.tsx'

/** The application. The routes of an area are loaded at its first request. */
export function createApp(entry: Entry): Pick<Hono<App>, 'fetch'> {
  const everyday = appOf(everydayRoutes, entry)
  const later = new Map<Area, Hono<App>>()
  const appFor = async (area: Area) => {
    const { routes } = await area.load()
    const app = later.get(area) ?? appOf(routes, entry)
    later.set(area, app)
    return app
  }
  return {
    fetch: (request, ...given) => {
      const area = areaOf(routedPath(request))
      if (!area) return everyday.fetch(request, ...given)
      return appFor(area).then((app) => app.fetch(request, ...given))
    },
  }
}

/** Middleware in order, then the routes. */
function appOf(routes: readonly Route[], entry: Entry): Hono<App> {
  const app = new Hono<App>({ getPath: routedPath })
  app.use(async (c, next) => {
    c.set('facts', readRequestFacts(c.req.raw))
    c.set('route', 'none')
    c.set('language', acceptedLanguage(c.req.header('Accept-Language')))
    c.set('trips', new RoundTripMeter())
    await next()
    record(c)
    // Sets headers directly, because c.header() copies the response by now and turns its body into a stream.
    const { headers } = c.res
    headers.set('X-Request-Id', c.get('facts').id)
    if (c.env.SERVER_TIMING === 'on' || c.get('showsTrips'))
      headers.set('Server-Timing', c.get('trips').serverTiming())
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
    // Hides URLs from other sites. `no-referrer` would make browsers send `Origin: null` with our own forms.
    if (!headers.has('Referrer-Policy')) headers.set('Referrer-Policy', 'same-origin')
  })
  app.use(
    secureHeaders({
      strictTransportSecurity: 'max-age=63072000; includeSubDomains',
      xFrameOptions: 'DENY',
      referrerPolicy: false,
      // Of browsers that are gone, or that prefetch nothing from these pages.
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xXssProtection: false,
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    }),
  )
  for (const route of routes)
    if (route.sameOriginOnly)
      app.use(fullPath(route), (c, next) => {
        c.set('sameOriginOnly', true)
        return next()
      })
  app.use(async (c, next) => {
    if (c.get('sameOriginOnly')) return next()
    const origin = otherOrigin(c.req.raw)
    const grant = origin === null ? null : await grantOf(c, origin, entry)
    if (origin !== null && grant) {
      c.set('grant', grant)
      return crossOrigin(origin, grant)(c, next)
    }
    await next()
    if (variesByOrigin(c.env.ALLOWED_ORIGINS)) c.header('Vary', 'Origin', { append: true })
  })
  for (const route of routes) if (route.cacheSeconds) app.use(fullPath(route), etag())

  for (const route of routes)
    app.on(route.method, fullPath(route), (c) => answerRoute(c, route, entry))
  for (const [path, allow] of allowedMethods(routes)) {
    app.options(path, (c) => c.body(null, 204, { Allow: allow }))
    app.all(path, (c) => methodNotAllowed(c, allow))
  }
  app.notFound((c) => {
    const isInApi = c.req.path.startsWith(`${BASE_PATH}/`)
    return pageOrProblem(
      c,
      new Problem('not-found/not-found', isInApi ? { text: 'notServed' } : {}),
    )
  })
  app.onError((error, c) => {
    const problem = problemWithin(error) ?? unexpected(error)
    c.set('problem', problem)
    return pageOrProblem(c, problem)
  })
  return app
}

/** The methods of each path, for the Allow header. */
function allowedMethods(routes: readonly Route[]): Map<string, string> {
  const byPath = new Map<string, string[]>()
  for (const route of routes) {
    const path = fullPath(route)
    const added = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]
    byPath.set(path, [...(byPath.get(path) ?? ['OPTIONS']), ...added])
  }
  return new Map([...byPath].map(([path, methods]) => [path, methods.sort().join(', ')]))
}

/** Replies with a problem: as a page for people, as the error object for programs. */
function pageOrProblem(c: Context<App>, problem: Problem): Response | Promise<Response> {
  const inForm = isForPerson(c.req.path, c.req.raw) ? errorPage : problemReply
  return inForm(problem, c.get('facts'), c.get('language'))
}

/**
 * The path for finding a route. Escaped letters equal unescaped ones (RFC 3986 §6.2.2.2). In the API, clients of 2019
 * append `.json`, and a base URL that ends in a slash doubles it.
 */
function routedPath(request: Request): string {
  const pathname = urlOf(request).pathname.replaceAll(/%[0-9a-f]{2}/gi, unescaped)
  const squeezed = pathname.replaceAll(/\/{2,}/g, '/')
  return squeezed.startsWith(`${BASE_PATH}/`) ? squeezed.replace(/\/?(\.json)?\/?$/, '') : pathname
}

function unescaped(escaped: string): string {
  const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
  return /[\w.~-]/.test(character) ? character : escaped
}

function record(c: Context<App>): void {
  const problem = c.get('problem')
  const { service } = c.get('facts')
  logRequest({
    request_id: c.get('facts').id,
    method: c.req.method,
    route: c.get('route'),
    hostname: c.get('facts').hostname,
    status: c.res.status,
    ...(service && { service }),
    ...(problem && { problem: problem.type, reason: problem.message }),
    trips: c.get('trips').trips.map(({ store }) => store),
  })
}

function methodNotAllowed(c: Context<App>, allow: string): never {
  throw new Problem('bad-request/method-not-allowed', {
    values: { method: c.req.method },
    headers: { Allow: allow },
  })
}

function unexpected(error: unknown): Problem {
  return new Problem('service-unavailable/unexpected', {
    reason: rootMessage(error),
    headers: { 'Retry-After': '5' },
  })
}
