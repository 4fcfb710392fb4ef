import { parse, serialize } from 'hono/utils/cookie'

/** The value of a cookie; null where it was not sent. */
export function cookieNamed(headers: Headers, name: string): string | null {
  return parse(headers.get('Cookie') ?? '', name)[name] || null
}

/** A cookie that no other host can set (RFC 6265bis §4.1.3.2). */
type HostCookie = `__Host-${string}`

/** The Set-Cookie header of a cookie of ours: for as long as the browser is open, unless a lifetime is given. */
export function setCookie(name: HostCookie, value: string, lifetimeSeconds?: number): string {
  return serialize(name, value, {
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'Lax',
    ...(lifetimeSeconds !== undefined && { maxAge: lifetimeSeconds }),
  })
}

/** The Set-Cookie header that has a browser forget a cookie. */
export function forgetCookie(name: HostCookie): string {
  return setCookie(name, '', 0)
}
