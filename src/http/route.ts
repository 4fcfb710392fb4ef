import * as z from 'zod'
import type { Ctx } from '../context.ts'
import type { ParameterShape } from './check-parameters.ts'
import type { Language } from './languages.ts'
import type { Problem, ProblemType } from './problem.ts'
import type { RateLimitName } from './rate-limits.ts'
import type { RequestFacts } from './request-facts.ts'

/**
 * The callers that a route admits. Every route names one. The application admits the caller by its `name`, and the API
 * description takes `security` from it. The type parameter is what the handler learns about the caller.
 */
export interface Access<Caller> {
  name:
    | 'anyone'
    | 'any-user'
    | 'managing-user'
    | 'factor-user'
    | 'site-admin'
    | 'reauthenticated-site-admin'
    | 'api-key'
    | 'ending-session'
    | 'renewing-session'
    | 'password'
    | 'operator'
    | 'service'
  security: Record<string, never[]>[]
  problems: readonly ProblemType[]
  /** Never set. It carries the type. */
  caller?: Caller
}

export const anyone: Access<undefined> = { name: 'anyone', security: [], problems: [] }

export interface Reply {
  status: 200 | 201 | 204 | 303 | 401 | 403 | 422 | 429 | 503
  body?: unknown
  headers?: Record<string, string>
  /** Values of Set-Cookie headers. */
  cookies?: string[]
  /** Nothing was done, although the status says otherwise. */
  isRefusal?: true
}

export interface Call<Shape extends ParameterShape, Caller> {
  parameters: z.infer<z.ZodObject<Shape>>
  caller: Caller
  /** The caller as use cases take who acts: with the request, and the language of texts for them. */
  actor: Caller & { request: RequestFacts; language: Language }
  ctx: Ctx
  request: RequestFacts
  /** The language of texts for the client. */
  language: Language
}

type RefusedCall<Shape extends ParameterShape> = Pick<
  Call<Shape, unknown>,
  'parameters' | 'language' | 'request'
>

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

interface RouteContract<Shape extends ParameterShape, Caller> {
  method: Method
  /** Below the base path, unless `base` is false. `:name` is a segment with the parameter of that name. */
  path: `/${string}`
  base?: false
  summary: string
  access: Access<Caller>
  parameters: z.ZodObject<Shape>
  /** For forms: the parameters that the page seals and the client cannot choose. */
  shown?: readonly (keyof Shape & string)[]
  /**
   * The URL contains a secret. The reply redirects at once or suppresses the Referer header, even within the service.
   * A form on the page still sends its origin.
   */
  secretInAddress?: true
  /** Pages of other origins may not call it, not even those that CORS allows. */
  sameOriginOnly?: true
  /** The rate limit. Required if anyone can make the route use storage or compute a hash. */
  limit?: RateLimitName
  /** The name that a call is about, if the limit counts by name too. */
  limitedName?(parameters: z.infer<z.ZodObject<Shape>>): string
  /** The type of the body if it is not JSON: text, a page's elements, or bytes. */
  mediaType?: 'text/csv' | 'text/html' | 'text/css' | 'image/*'
  /** For public documents: how long anyone may cache the reply. Other replies are never cached. */
  cacheSeconds?: number
  replies: Partial<Record<Reply['status'], { description: string; body?: z.ZodType }>>
  problems: readonly ProblemType[]
  /** For users' pages: clients without a session go to the login page, and then back here or to this page. */
  returnTo?: 'here' | `/${string}`
  /**
   * A form for visitors normally leads to a cookie and is refused in browsers that accept none. This one leads to
   * none.
   */
  worksWithoutCookies?: true
  /**
   * Replies to a second click: redirects like the first reply, without what is shown only once. By default it
   * redirects to the page of `returnTo`.
   */
  repeated?(call: RefusedCall<Shape> & { ctx: Ctx; caller: Caller | null }): Promise<Reply> | Reply
  /** Replies to a problem whose status is in `replies`: a page, or a redirect to one. */
  problemReply?(problem: Problem, call: RefusedCall<Shape> & { ctx: Ctx }): unknown
}

/** A route without its types, for the application and the API description. */
export interface Route extends RouteContract<ParameterShape, unknown> {
  answer(call: Call<ParameterShape, unknown>): Promise<Reply> | Reply
}

export const BASE_PATH = '/api/rest/v1'

export function fullPath({ base, path }: Pick<Route, 'base' | 'path'>): string {
  return base === false ? path : BASE_PATH + path
}

/** An object of the API, by its name in the API description. */
export function apiObject<Shape extends ParameterShape>(id: string, shape: Shape) {
  return z.object(shape).meta({ id })
}

/** Describes the reply of a list. @param id its name in the API description */
export function listReply<Row extends z.ZodType>(description: string, row: Row, id: string) {
  return { description, body: z.array(row).meta({ id }) }
}

/** The reply that leads on to another page. */
export function seeOther(location: string, cookies: string[] = []): Reply {
  return { status: 303, headers: { Location: location }, cookies }
}

/** Whether a handler returned a whole reply instead of a page. */
export function isReply(made: unknown): made is Reply {
  return typeof made === 'object' && made !== null && 'status' in made
}

/** Whether a route needs and reads no credentials. */
export function isAnonymous({ access }: Pick<Route, 'access'>): boolean {
  return access.name === 'anyone' || access.name === 'password'
}

/** Whether a route accepts a page's form. */
export function isForm({ method, mediaType }: Pick<Route, 'method' | 'mediaType'>): boolean {
  return method !== 'GET' && mediaType === 'text/html'
}

/** A method and a path, as documentation writes them. */
export type Endpoint = `${Method} /${string}`

/** A contract as it is declared. Routes without parameters or problems of their own need not say so. */
export type DeclaredContract<Shape extends ParameterShape, Caller> = Omit<
  RouteContract<Shape, Caller>,
  'method' | 'path' | 'parameters' | 'problems'
> &
  Partial<Pick<RouteContract<Shape, Caller>, 'parameters' | 'problems'>> & { endpoint: Endpoint }

/** Declares a route: its contract, and the handler for calls that meet it. */
export function route<Caller, Shape extends ParameterShape = Record<never, never>>(
  { endpoint, ...contract }: DeclaredContract<Shape, Caller>,
  answer: (call: Call<Shape, Caller>) => Promise<Reply> | Reply,
): Route {
  const [method, path] = endpoint.split(' ') as [Method, Route['path']]
  const none = z.object({}) as z.ZodObject<Shape>
  return { method, path, parameters: none, problems: [], ...contract, answer }
}
