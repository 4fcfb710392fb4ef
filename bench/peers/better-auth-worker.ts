import { env } from 'cloudflare:workers'
import { betterAuthHandler } from './better-auth-handler.ts'

export default { fetch: betterAuthHandler(env.DB, env.BETTER_AUTH_SECRET) }
