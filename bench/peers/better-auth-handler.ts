import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'

/** better-auth as its guide for Workers sets it up, with its defaults; and with its cookie cache. */
export function betterAuthHandler(database, secret) {
  const options = {
    database,
    secret,
    baseURL: 'http://localhost',
    emailAndPassword: { enabled: true },
  }
  const auth = betterAuth(options)
  const cached = betterAuth({
    ...options,
    basePath: '/cached',
    session: { cookieCache: { enabled: true, maxAge: 300 } },
  })
  return async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/api/auth/')) return auth.handler(request)
    if (pathname.startsWith('/cached/')) return cached.handler(request)
    if (pathname !== '/migrate') return new Response(null, { status: 404 })
    const { runMigrations } = await getMigrations(auth.options)
    await runMigrations()
    return new Response('migrated')
  }
}
