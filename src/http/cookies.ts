import { parse, serialize } from 'hono/utils/cookie'

/** The value of a cookie; null if it was not sent. */
export function cookieNamed(headers: Headers, name: string): string | null {
  return parse(headers.get('Cookie') ?? '', name)[name] || null
}

/** A cookie that no other host can set (RFC 6265bis §4.1.3.2). */
export type HostCookie = `__Host-${string}`

/** Returns the Set-Cookie header of a cookie, which lasts until the browser closes, unless a lifetime is given. */
export function setCookie(name: HostCookie, value: string, lifetimeSeconds?: number): string {
  return serialize(name, value, {
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'Lax',
    ...(lifetimeSeconds !== undefined && { maxAge: lifetimeSeconds }),
  })
}

/** Returns the Set-Cookie header that deletes a cookie. */
export function forgetCookie(name: HostCookie): string {
  return setCookie(name, '', 0)
}
