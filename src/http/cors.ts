import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { urlOf } from './request-facts.ts'

/** Allows every origin, and names none. */
const ANY = '*'

/**
 * What the pages of an origin may do here. `named`: read replies and send cookies. `listed`: the same without cookies.
 * `any`: read replies to calls that carry a credential in a header.
 */
export type OriginGrant = 'named' | 'listed' | 'any'

/** The origin of another host's page that sent a request; null for the host's own pages and for programs. */
export function otherOrigin(request: Request): string | null {
  const origin = request.headers.get('Origin')
  return origin === null || origin === urlOf(request).origin ? null : origin
}

/** The grant by the operator's setting, which lists origins separated by spaces; `*` grants no origin cookies. */
export function grantedByOperator(setting: string | undefined, origin: string): OriginGrant | null {
  const origins = originsIn(setting)
  const isAnyAllowed = origins.includes(ANY)
  if (origin !== ANY && origins.includes(origin)) return isAnyAllowed ? 'listed' : 'named'
  return isAnyAllowed ? 'any' : null
}

/** Whether an origin is a page of this machine. */
export function isLoopback(origin: string): boolean {
  return /^https?:\/\/(localhost|[\w-]+\.localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin)
}

/** Adds the CORS headers that a grant allows, and answers preflights. */
export function crossOrigin(origin: string, grant: OriginGrant): MiddlewareHandler {
  return cors({
    origin: grant === 'any' ? ANY : origin,
    credentials: grant === 'named',
    allowMethods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      // Firefox lets a page set it, and the JavaScript SDK does.
      'User-Agent',
      'X-D1-Bookmark',
      'X-Files-Reauthentication',
      'X-Files-Workspace-Id',
      'X-FilesAPI-Auth',
      'X-FilesAPI-Key',
    ],
    exposeHeaders: [
      'Retry-After',
      'X-D1-Bookmark',
      'X-Files-Cursor',
      'X-Files-Error-Class',
      'X-Files-Host',
      'X-Request-Id',
    ],
    maxAge: 600,
  })
}

/** Whether replies differ by origin, apart from the site's own list. */
export function variesByOrigin(setting: string | undefined): boolean {
  const origins = originsIn(setting)
  return origins.length > 0 && !origins.includes(ANY)
}

/** `null` is dropped: every page that hides its origin sends it. */
function originsIn(setting = ''): string[] {
  return setting.split(/\s+/).filter((origin) => origin !== '' && origin !== 'null')
}
