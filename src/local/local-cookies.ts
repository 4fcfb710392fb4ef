/**
 * Safari drops `Secure` cookies from http://localhost, and the prefix `__Host-` requires `Secure`. So on a
 * developer's machine the cookies have another name, without both.
 */
const OF_PRODUCTION = '__Host-latchkey'
const OF_LOCALHOST = 'latchkey-local'

type Fetch = NonNullable<ExportedHandler<Env>['fetch']>

/** Wraps a Worker and translates its cookies. Only src/local.ts does this; no setting enables it. */
export function withLocalCookies(worker: ExportedHandler<Env>): ExportedHandler<Env> {
  return {
    ...worker,
    async fetch(request, env, context) {
      const reply = await worker.fetch?.(asInProduction(request), env, context)
      return asOnLocalhost(reply as Response)
    },
  }
}

/** Ignores a cookie with the production name, which another server on localhost has set. */
function asInProduction(request: Parameters<Fetch>[0]): Parameters<Fetch>[0] {
  const cookies = request.headers.get('Cookie')
  if (cookies === null) return request
  const headers = new Headers(request.headers)
  const read = cookies.split(/; */).filter((cookie) => !cookie.startsWith(OF_PRODUCTION))
  headers.set(
    'Cookie',
    read.map((cookie) => renamed(cookie, OF_LOCALHOST, OF_PRODUCTION)).join('; '),
  )
  return new Request(request, { headers }) as Parameters<Fetch>[0]
}

function asOnLocalhost(reply: Response): Response {
  const cookies = reply.headers.getSetCookie()
  if (cookies.length === 0) return reply
  const headers = new Headers(reply.headers)
  headers.delete('Set-Cookie')
  for (const cookie of cookies)
    headers.append(
      'Set-Cookie',
      renamed(cookie, OF_PRODUCTION, OF_LOCALHOST).replace(/; Secure\b/, ''),
    )
  return new Response(reply.body, { status: reply.status, headers })
}

function renamed(cookie: string, from: string, to: string): string {
  return cookie.startsWith(from) ? to + cookie.slice(from.length) : cookie
}
