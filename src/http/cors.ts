import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/** Allows any origin, which then is named no more than any other. */
const ANY = '*'

/**
 * CORS for the configured origins, separated by spaces. They may send cookies, unless the setting has
 * `*`: any origin may then call, but without them.
 */
export function crossOrigin(setting: string | undefined): MiddlewareHandler {
  const origins = originsIn(setting)
  const isAnyAllowed = origins.includes(ANY)
  const allow = (): MiddlewareHandler =>
    cors({
      origin: isAnyAllowed ? ANY : origins,
      credentials: !isAnyAllowed,
      allowMethods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
      allowHeaders: [
        'Authorization',
        'Content-Type',
        'X-D1-Bookmark',
        'X-Files-Reauthentication',
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
  return async (c, next) => {
    const origin = c.req.header('Origin')
    if (origin !== undefined && (isAnyAllowed || origins.includes(origin))) return allow()(c, next)
    await next()
    if (origins.length > 0 && !isAnyAllowed) c.header('Vary', 'Origin', { append: true })
  }
}

/** Whether an origin is listed by name. */
export function isOriginNamed(setting: string | undefined, origin: string | null): boolean {
  return origin !== null && origin !== ANY && originsIn(setting).includes(origin)
}

/** `null` is dropped: every page that hides its origin sends it. */
function originsIn(setting = ''): string[] {
  return setting.split(/\s+/).filter((origin) => origin !== '' && origin !== 'null')
}
