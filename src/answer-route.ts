import type { Context } from 'hono'
import { admit } from './access/admit.ts'
import { type Config, ConfigurationError, readConfig } from './config.ts'
import type { Ctx } from './context.ts'
import { grantedByOperator, isLoopback, type OriginGrant } from './http/cors.ts'
import { refuseForgery } from './http/csrf.ts'
import {
  type FormOwner,
  formSealer,
  NOBODY,
  ownerOf,
  parametersOf,
  readForm,
  refuseOtherSession,
  type ShownForm,
  sentFormOf,
} from './http/form-seal.ts'
import { type Language, supportedLanguage } from './http/languages.ts'
import { logFailure } from './http/log.ts'
import { needsLogIn, Problem, problemWithin } from './http/problem.ts'
import { type RawParameters, readParameters } from './http/read-parameters.ts'
import { type RequestFacts, urlOf } from './http/request-facts.ts'
import {
  BASE_PATH,
  fullPath,
  isAnonymous,
  isForm,
  isReply,
  type Reply,
  type Route,
  seeOther,
} from './http/route.ts'
import { asServiceStates } from './http/stated-caller.ts'
import { type Entry, openServices } from './services.ts'
import { noSessionCookie, SESSION_COOKIE } from './sessions/session-cookie.ts'
import { isAllowedOrigin } from './sites/allowed-origins.ts'
import type { Site } from './sites/site.ts'
import { siteShownAt } from './sites/site-branding.ts'
import { BOOKMARK_HEADER, formatBookmark, readBookmark } from './storage/bookmark.ts'
import { RoundTripMeter } from './storage/round-trips.ts'
import type { SentForm } from './storage/sent-forms.ts'
import { checkCookie, keepsCookies } from './ui/cookie-check.ts'
import { isAboutForm, staleFormPage } from './ui/error-page.tsx'
import { pageText } from './ui/page.tsx'
import { logInAgainUrl, logInUrl } from './ui/return-to.ts'

/** The values that a request carries through the application. */
export type App = {
  Bindings: Env
  Variables: {
    facts: RequestFacts
    /** The pattern of the route. */
    route: string
    /** The language of texts for the client. */
    language: Language
    /** The caller's; null if they have set none. */
    timeZone?: string | null
    trips: RoundTripMeter
    /** The site that pages show; undefined until it is looked up. */
    branding?: Site | null
    /**
     * Whether the client may see the round trips: to operators only, because to others they would reveal which names
     * exist.
     */
    showsTrips?: boolean
    problem?: Problem
    formOwner?: FormOwner
    /** Other origins may not call this path, so CORS headers are left out. */
    sameOriginOnly?: true
    /** What pages of the request's origin may do; undefined for the host's own. */
    grant?: OriginGrant
  }
}

type CheckedParameters = Record<string, unknown>

interface CheckedCall {
  ctx: Ctx
  parameters: CheckedParameters
  /** Null if the form has no valid seal; undefined if the route needs none. */
  form: ShownForm | null | undefined
  /** The caller; undefined until admitted. */
  caller: Awaited<ReturnType<typeof admit>>
}

/** Answers a call of a route: read, check, admit, handle. Cheap refusals come first. */
export async function answerRoute(c: Context<App>, route: Route, entry: Entry): Promise<Response> {
  c.set('route', fullPath(route))
  const config = await configOf(c.env)
  if (config.globalOrigin.protocol === 'https:' && urlOf(c.req.raw).protocol === 'http:')
    throw new Problem('bad-request/https-required')
  refuseForgery(route, c.req.raw, c.get('grant') ?? null)
  const facts = await asServiceStates(config.serviceCredentials, c.get('facts'), c.req.raw.headers)
  c.set('facts', facts)
  const sent = withPathParameters(await readParameters(c.req.raw), c.req.param())
  let sentForm: SentForm | null = null
  const ctx = openServices(c.env, config, entry, {
    bookmark: readBookmark(c.req.header(BOOKMARK_HEADER) ?? null, config.regions),
    hostname: facts.hostname,
    sentForm: () => sentForm,
    trips: c.get('trips'),
    afterReply: (work) => c.executionCtx.waitUntil(logFailure(work, `after reply ${facts.id}`)),
  })
  const form = isForm(route) ? await readForm(ctx, sent, c.req.raw) : undefined
  if (form) sentForm = await sentFormOf(form, sent, { url: c.req.url, at: ctx.clock() })
  const parameters = parametersOf(route, sent, form)
  const locale = supportedLanguage(parameters.locale)
  if (locale) c.set('language', locale)
  const call: CheckedCall = { ctx, parameters, form, caller: undefined }
  const reply = await handle(c, route, call).then(
    async (reply) => (isRefusal(reply) && (await answerRepeat(c, route, call))) || reply,
    async (error) =>
      (await answerRepeat(c, route, call, error)) ??
      problemPage(c, route, { error, parameters, ctx }),
  )
  const headers = {
    ...(route.cacheSeconds && { 'Cache-Control': `public, max-age=${route.cacheSeconds}` }),
    ...(route.secretInAddress && {
      'Referrer-Policy': reply.status === 303 ? 'no-referrer' : 'strict-origin',
    }),
    ...reply.headers,
  }
  const response = await responseTo(c, route, ctx, { ...reply, headers })
  for (const cookie of reply.cookies ?? []) response.headers.append('Set-Cookie', cookie)
  if (isPage(route) && !c.get('formOwner') && !keepsCookies(facts))
    response.headers.append('Set-Cookie', checkCookie)
  return response
}

/** Adds the parameters in the path. They take precedence over body and query, because SDKs repeat them there. */
function withPathParameters(raw: RawParameters, inPath: Record<string, string>): RawParameters {
  const values = Object.entries(raw.values).filter(([name]) => !Object.hasOwn(inPath, name))
  return { texts: { ...raw.texts, ...inPath }, values: Object.fromEntries(values) }
}

/** Finds what pages of the request's origin may do; null if nothing. The lists of sites hold for the API alone. */
export async function grantOf(
  c: Context<App>,
  origin: string,
  entry: Entry,
): Promise<OriginGrant | null> {
  const granted = grantedByOperator(c.env.ALLOWED_ORIGINS, origin)
  if (granted === 'named' || granted === 'listed') return granted
  if (entry.allowsLoopbackOrigins && isLoopback(origin)) return 'listed'
  if (!c.req.path.startsWith(`${BASE_PATH}/`)) return granted
  const config = await configOf(c.env)
  const { hostname, address } = c.get('facts')
  const trips = new RoundTripMeter()
  const ctx = openServices(c.env, config, entry, { hostname, trips })
  trips.checkFirst(() => ctx.callerLimits.count('cross-origin', { address, name: undefined }))
  // An origin that cannot be looked up is not allowed.
  const isListed = await isAllowedOrigin(ctx, hostname, origin).catch(() => false)
  c.get('trips').trips.push(...trips.trips)
  return isListed ? 'listed' : granted
}

async function responseTo(
  c: Context<App>,
  route: Route,
  ctx: Ctx,
  { status, headers = {}, body }: Reply,
): Promise<Response> {
  const init = { status, headers }
  if (body === undefined) return new Response(null, init)
  const { mediaType } = route
  if (mediaType === undefined) return Response.json(body, init)
  if (body instanceof Uint8Array) return new Response(body, init)
  if (body instanceof ReadableStream)
    return new Response(body, { status, headers: { ...headers, 'Content-Type': mediaType } })
  const text = isPage(route)
    ? await pageText(body, {
        branding: await brandingOf(c, ctx),
        language: c.get('language'),
        timeZone: c.get('timeZone'),
        sealForm: formSealer(ctx, c.get('formOwner') ?? NOBODY),
      })
    : String(body)
  return new Response(text, {
    ...init,
    headers: { ...headers, 'Content-Type': `${mediaType}; charset=utf-8` },
  })
}

/** Whether the reply is a page for its reader. A page that can be cached looks the same for all. */
function isPage({ mediaType, cacheSeconds }: Route): boolean {
  return mediaType === 'text/html' && cacheSeconds === undefined
}

/**
 * The site that a page shows: the caller's, or else the host's. If it cannot be read, the page is shown without it.
 */
async function brandingOf(c: Context<App>, ctx: Ctx): Promise<Site | null> {
  const known = c.get('branding')
  if (known !== undefined) return known
  const branding = await siteShownAt(ctx, ctx.scope).catch((error) => {
    if (problemWithin(error)?.status === 429) throw error
    return null
  })
  c.set('branding', branding)
  return branding
}

/**
 * The bookmark of the caller's own region, for known callers only, because to others it would reveal where a name
 * lives.
 */
function seenIn(ctx: Ctx, caller: Awaited<ReturnType<typeof admit>>): Record<string, string> {
  const region = caller?.region
  const bookmark = region && ctx.in(region).database.bookmark()
  return bookmark ? { [BOOKMARK_HEADER]: formatBookmark({ region, bookmark }) } : {}
}

/**
 * Counts and admits the caller, and runs the route. Callers without credentials are counted before the first round
 * trip to storage, if the route has no limit of its own.
 */
async function handle(c: Context<App>, route: Route, call: CheckedCall): Promise<Reply> {
  const { ctx, parameters, form } = call
  const request = c.get('facts')
  if (route.limit)
    await ctx.callerLimits.count(route.limit, {
      address: request.address,
      name: route.limitedName?.(parameters),
    })
  else if (isAnonymous(route))
    c.get('trips').checkFirst(() =>
      ctx.callerLimits.count('anonymous', { address: request.address, name: undefined }),
    )
  const { method, headers } = c.req.raw
  const caller = await admit(ctx, route.access, { method, headers, facts: request })
  call.caller = caller
  if (route.access.name === 'operator') c.set('showsTrips', true)
  const user = caller && 'live' in caller ? caller : null
  const live = user?.live
  if (user) {
    c.set('branding', user.live.site)
    c.set('timeZone', user.live.user.timeZone)
    c.set('formOwner', ownerOf(user))
  }
  if (!supportedLanguage(parameters.locale)) {
    const site = live || !isPage(route) ? live?.site : await brandingOf(c, ctx)
    const own = supportedLanguage(live?.user.language) ?? supportedLanguage(site?.language)
    if (own) c.set('language', own)
  }
  if (form === null) throw new Problem('not-authorized/form-outdated')
  if (form && isAnonymous(route) && !route.worksWithoutCookies && !keepsCookies(request))
    throw new Problem('not-authorized/cookies-required')
  if (form && caller) await refuseOtherSession(ctx, form, caller)
  const language = c.get('language')
  const actor = { ...caller, request, language }
  const reply = await route.answer({ parameters, caller, actor, ctx, request, language })
  return { ...reply, headers: { ...seenIn(ctx, caller), ...reply.headers } }
}

function isRefusal(reply: Reply): boolean {
  return reply.status >= 400 || reply.isRefusal === true
}

/**
 * Returns the reply to a second click; null if there was no first click, and the form may be sent again. Only the
 * regions that the call used can know.
 */
async function answerRepeat(
  c: Context<App>,
  route: Route,
  { ctx, parameters, form, caller }: CheckedCall,
  error?: unknown,
): Promise<Reply | null> {
  if (!form || !(error === undefined || error instanceof Problem)) return null
  // A form of another session stays refused, even if it was sent twice.
  if (error?.type === 'not-authorized/form-of-another-session') return null
  const isFault = error !== undefined && error.status >= 500
  for (const { forms } of ctx.regionsUsed()) {
    const isRepeat = await forms.isRepeat().catch(() => false)
    if (!isRepeat) {
      await logFailure(forms.release(isFault), 'let a form be sent again')
      continue
    }
    const [language, request] = [c.get('language'), c.get('facts')]
    if (route.repeated)
      return route.repeated({ parameters, ctx, caller: caller ?? null, language, request })
    const { returnTo = '/login' } = route
    const path = returnTo === 'here' ? urlOf(c.req.raw).pathname : returnTo
    return seeOther(`${path}?locale=${language}`)
  }
  return null
}

/** Returns the page on which a route shows a problem. @throws problems that it does not show */
async function problemPage(
  c: Context<App>,
  route: Route,
  { error, parameters, ctx }: { error: unknown; parameters: CheckedParameters; ctx: Ctx },
): Promise<Reply> {
  if (!(error instanceof Problem)) throw error
  const redirect = route.returnTo && redirectFor(error, c, placeAfter(c, route.returnTo))
  if (!redirect && !isAboutForm(error) && !(route.problemReply && error.status in route.replies))
    throw error
  c.set('problem', error)
  if (redirect) return redirect
  if (isAboutForm(error)) {
    const path = placeAfter(c, route.returnTo ?? '/login')
    return { status: 403, body: staleFormPage(error, path) }
  }
  // Looking up the site would cost a round trip to storage, which the rate limit has just refused.
  if (error.status === 429 && c.get('branding') === undefined) c.set('branding', null)
  const [language, request] = [c.get('language'), c.get('facts')]
  const shown = await route.problemReply?.(error, { parameters, ctx, language, request })
  const { headers = {} } = error.details
  return isReply(shown)
    ? { ...shown, headers: { ...headers, ...shown.headers } }
    : { status: error.status as Reply['status'], headers, body: shown }
}

/** Redirects to the page that solves a problem; null if there is none. */
function redirectFor(problem: Problem, c: Context<App>, returnTo: string): Reply | null {
  if (problem.status === 401) {
    // Clear the cookie only when the browser sent it: another may be valid elsewhere.
    const isVoid = c.get('facts').cookie(SESSION_COOKIE) !== null
    return seeOther(logInUrl(returnTo), isVoid ? [noSessionCookie] : [])
  }
  if (needsLogIn(problem)) return seeOther(logInAgainUrl(returnTo))
  const isSetupDue = problem.type === 'not-authorized/two-factor-authentication-required'
  return isSetupDue ? seeOther('/account/2fa') : null
}

/** The page to open after a login. A form's content is in no URL, because it may be secret. */
function placeAfter(c: Context<App>, returnTo: string): string {
  if (returnTo !== 'here') return returnTo
  const { pathname, search } = urlOf(c.req.raw)
  return c.req.method === 'GET' ? pathname + search : pathname
}

const configs = new WeakMap<Env, Promise<Config>>()

/** Reads the configuration once in an isolate. A failure is not cached. */
async function configOf(env: Env): Promise<Config> {
  const config = configs.get(env) ?? readConfig(env)
  configs.set(env, config)
  try {
    return await config
  } catch (error) {
    configs.delete(env)
    if (!(error instanceof ConfigurationError)) throw error
    throw new Problem('service-unavailable/not-configured', { reason: error.message })
  }
}
