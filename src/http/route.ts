import type * as z from 'zod'
import type { Ctx } from '../context.ts'
import type { ParameterShape } from './check-parameters.ts'
import type { Language } from './languages.ts'
import type { Problem } from './problem.ts'
import type { ProblemType } from './problem-types.ts'
import type { RateLimitName } from './rate-limits.ts'
import type { RequestFacts } from './request-facts.ts'

/**
 * Who may call a route. Every route states one; the application admits the caller by its `name`, and
 * the API description takes `security` from it. The type parameter is what the handler learns of the caller.
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
  /** Never set; it carries the type only. */
  caller?: Caller
}

export const anyone: Access<undefined> = { name: 'anyone', security: [], problems: [] }

export interface Reply {
  status: 200 | 201 | 204 | 303 | 401 | 403 | 422 | 429 | 503
  body?: unknown
  headers?: Record<string, string>
  /** Values of Set-Cookie headers. */
  cookies?: string[]
  /** Nothing was done, though the status does not say so. */
  isRefusal?: true
}

export interface Call<Shape extends ParameterShape, Caller> {
  parameters: z.infer<z.ZodObject<Shape>>
  caller: Caller
  ctx: Ctx
  request: RequestFacts
  /** The language of texts for the caller. */
  language: Language
}

export type RefusedCall<Shape extends ParameterShape> = Pick<
  Call<Shape, unknown>,
  'parameters' | 'language' | 'request'
>

export interface RouteContract<Shape extends ParameterShape, Caller> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /**
   * Below the base path, unless it starts at the root (`base: false`). `:name` stands for a segment
   * that is the parameter of that name.
   */
  path: `/${string}`
  base?: false
  summary: string
  access: Access<Caller>
  parameters: z.ZodObject<Shape>
  /** Of a form: the parameters that it acts on. They are what its page showed, sealed; nobody else names them. */
  shown?: readonly (keyof Shape & string)[]
  /**
   * The address holds a secret. The reply leads on at once, or has browsers tell no address, not even to pages of
   * ours; a form on it is sent with its origin all the same.
   */
  secretInAddress?: true
  /** No page of another origin may call it, not even one that CORS names. */
  sameOriginOnly?: true
  /** How often a caller may call it; needed where anyone makes it cost storage or a hash. */
  limit?: RateLimitName
  /** The name that a call is about, if the limit counts by names as well. */
  limitedName?(parameters: z.infer<z.ZodObject<Shape>>): string
  /** What a body is, where it is not JSON: a text, the elements of a page, or bytes. */
  mediaType?: 'text/csv' | 'text/html' | 'text/css' | 'image/*'
  /** For public documents: how long anyone may keep the reply. Others are never stored. */
  cacheSeconds?: number
  replies: Partial<Record<Reply['status'], { description: string; body?: z.ZodType }>>
  problems: readonly ProblemType[]
  /** A page for users: who is not logged in is sent to do so, and then back here, or to this page. */
  returnTo?: 'here' | `/${string}`
  /**
   * A form that nobody is logged in for leads to a cookie, so it does nothing in a browser that keeps none. This one
   * leads to none.
   */
  worksWithoutCookies?: true
  /**
   * Answers a form that was taken a moment ago, and is sent again by a second click: where the first one led, without
   * what is handed out once. Else that is the page of `returnTo`.
   */
  repeated?(call: RefusedCall<Shape> & { ctx: Ctx; caller: Caller | null }): Promise<Reply> | Reply
  /** Tells a refusal, where `replies` has its status: a page, or a reply that leads on to one. */
  problemReply?(problem: Problem, call: RefusedCall<Shape> & { ctx: Ctx }): unknown
}

/** A route with its types laid aside, as the application and the API description hold it. */
export interface Route extends RouteContract<ParameterShape, unknown> {
  answer(call: Call<ParameterShape, unknown>): Promise<Reply> | Reply
}

/** Below it is the API of the service itself. */
export const BASE_PATH = '/api/rest/v1'

/** The path at which a route is served. */
export function fullPath({ base, path }: Pick<Route, 'base' | 'path'>): string {
  return base === false ? path : BASE_PATH + path
}

/** Whether what a route made is a whole reply, and not a page. */
export function isReply(made: unknown): made is Reply {
  return typeof made === 'object' && made !== null && 'status' in made
}

/** Whether a route is answered without a credential, or reads none that was sent. */
export function isAnonymous({ access }: Pick<Route, 'access'>): boolean {
  return access.name === 'anyone' || access.name === 'password'
}

/** Whether a route takes what a form of a page sends. */
export function isForm({ method, mediaType }: Pick<Route, 'method' | 'mediaType'>): boolean {
  return method !== 'GET' && mediaType === 'text/html'
}

/** Declares a route: its contract, and the handler that answers a call which met it. */
export function route<Shape extends ParameterShape, Caller>(
  contract: RouteContract<Shape, Caller>,
  answer: (call: Call<Shape, Caller>) => Promise<Reply> | Reply,
): Route {
  return { ...contract, answer }
}
