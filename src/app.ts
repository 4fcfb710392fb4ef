import { type Context, Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import * as z from 'zod'
import { admit } from './access/admit.ts'
import { apiKeyRoutes } from './api-keys/routes.ts'
import { type Config, readConfig } from './config.ts'
import { healthRoutes } from './health/routes.ts'
import { loginRoutes } from './login/routes.ts'
import { describeApi, fullPath } from './platform/api-description.ts'
import { checkParameters } from './platform/check-parameters.ts'
import type { Clock } from './platform/clock.ts'
import { logRequest, rootMessage } from './platform/log.ts'
import { Problem, problemWithin } from './platform/problem.ts'
import { problemReply } from './platform/problem-reply.ts'
import { readParameters } from './platform/read-parameters.ts'
import { type RequestFacts, readRequestFacts } from './platform/request-facts.ts'
import { anyone, type Route, route } from './platform/route.ts'
import { TripMeter } from './platform/trips.ts'
import { openServices, type Services } from './services.ts'
import { currentSiteRoutes } from './sessions/current-site-routes.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { type HostScope, hostScope } from './sites/site.ts'
import { tokenRoutes } from './tokens/routes.ts'

export const BASE_PATH = '/api/rest/v1'

/** What handlers may use: the stores, and which sites the request's host may speak for. */
type RequestServices = Services & { scope: HostScope }
type App = {
  Bindings: Env
  Variables: { facts: RequestFacts; route: string; trips: TripMeter; problem: Problem }
}

const apiDescription = route<unknown>()(
  {
    method: 'GET',
    path: '/openapi.json',
    base: false,
    summary: 'This description (OpenAPI 3.1)',
    access: anyone,
    parameters: z.object({}),
    replies: { 200: { description: 'The description', body: z.record(z.string(), z.unknown()) } },
    problems: [],
  },
  () => ({
    status: 200,
    body: describeRoutes(),
    headers: { 'Cache-Control': 'public, max-age=300' },
  }),
)

export const routes: readonly Route<RequestServices>[] = [
  ...loginRoutes,
  ...sessionRoutes,
  ...currentSiteRoutes,
  ...apiKeyRoutes,
  ...tokenRoutes,
  ...healthRoutes,
  apiDescription,
]

/** The OpenAPI description of all routes, as served and as checked in at docs/openapi.json. */
export function describeRoutes() {
  return describeApi(routes, BASE_PATH)
}

/** The application: middleware in order, then the routes. */
export function createApp(clock: Clock): Hono<App> {
  const app = new Hono<App>({ getPath: pathWithoutJsonSuffix })
  app.use(async (c, next) => {
    c.set('facts', readRequestFacts(c.req.raw))
    c.set('route', 'none')
    c.set('trips', new TripMeter())
    await next()
    record(c)
    c.header('X-Request-Id', c.get('facts').id)
    if (c.env.SERVER_TIMING === 'on') c.header('Server-Timing', c.get('trips').serverTiming())
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
  })
  app.use(
    secureHeaders({
      strictTransportSecurity: 'max-age=63072000; includeSubDomains',
      xFrameOptions: 'DENY',
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    }),
  )
  for (const route of routes)
    app.on(route.method, fullPath(route, BASE_PATH), (c) => answer(c, route, clock))
  for (const [path, methods] of methodsByPath()) app.all(path, (c) => methodNotAllowed(c, methods))
  app.notFound((c) => problemReply(new Problem('not-found/not-found'), c.get('facts')))
  app.onError((error, c) => {
    const problem = problemWithin(error) ?? unexpected(error)
    c.set('problem', problem)
    return problemReply(problem, c.get('facts'))
  })
  return app
}

async function answer(c: Context<App>, route: Route<RequestServices>, clock: Clock) {
  const config = await configOf(c.env)
  if (config.globalOrigin.protocol === 'https:' && new URL(c.req.url).protocol === 'http:')
    throw new Problem('bad-request/https-required')
  c.set('route', fullPath(route, BASE_PATH))
  const request = c.get('facts')
  const raw = await readParameters(c.req.raw)
  const services = {
    ...openServices(c.env, config, {
      clock,
      trips: c.get('trips'),
      afterReply: (work) => c.executionCtx.waitUntil(work),
    }),
    scope: scopeOf(request, config, route),
  }
  const parameters = checkParameters(route.parameters, raw)
  const caller = await admit(services, route.access, c.req.raw.headers)
  const reply = await route.answer({ parameters, caller, services, request })
  const headers = reply.headers ?? {}
  return reply.body === undefined
    ? new Response(null, { status: reply.status, headers })
    : Response.json(reply.body, { status: reply.status, headers })
}

/** Routes outside the API do not depend on whose host they are asked at. */
function scopeOf(request: RequestFacts, config: Config, route: Route<never>): HostScope {
  const scope = hostScope(request.hostname, {
    global: config.globalOrigin.hostname,
    regions: config.regions.all.map(({ host }) => host),
  })
  if (!scope && route.base !== false) throw new Problem('site-configuration/no-account-for-site')
  return scope ?? { kind: 'any' }
}

const configs = new WeakMap<Env, Promise<Config>>()

/** Read once an isolate; a failed reading is not kept. */
function configOf(env: Env): Promise<Config> {
  const known = configs.get(env)
  if (known) return known
  const config = readConfig(env)
  configs.set(env, config)
  config.catch(() => configs.delete(env))
  return config
}

/** Clients of 2019 append `.json` to every path of the API. */
function pathWithoutJsonSuffix(request: Request): string {
  const { pathname } = new URL(request.url)
  return pathname.startsWith(`${BASE_PATH}/`) ? pathname.replace(/\.json$/, '') : pathname
}

function methodsByPath(): Map<string, string[]> {
  const methods = new Map<string, string[]>()
  for (const route of routes) {
    const path = fullPath(route, BASE_PATH)
    const named = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]
    methods.set(path, [...(methods.get(path) ?? []), ...named])
  }
  return methods
}

function record(c: Context<App>): void {
  const problem = c.get('problem') as Problem | undefined
  logRequest({
    request_id: c.get('facts').id,
    method: c.req.method,
    route: c.get('route'),
    hostname: c.get('facts').hostname,
    status: c.res.status,
    ...(problem && { problem: problem.type, reason: problem.message }),
    trips: c.get('trips').trips.map(({ store }) => store),
  })
}

function methodNotAllowed(c: Context<App>, methods: string[]): never {
  throw new Problem('bad-request/method-not-allowed', {
    values: { method: c.req.method },
    headers: { Allow: methods.join(', ') },
  })
}

function unexpected(error: unknown): Problem {
  return new Problem('service-unavailable/unexpected', {
    reason: rootMessage(error),
    headers: { 'Retry-After': '5' },
  })
}
