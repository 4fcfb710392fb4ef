import { env } from 'cloudflare:workers'
import { delayedDatabase, fromAfar } from '../delayed-bindings-worker.ts'
import { betterAuthHandler } from './better-auth-handler.ts'

const answer = betterAuthHandler(delayedDatabase(env.DB), env.BETTER_AUTH_SECRET)

/** better-auth, whose database is as far as each request says. */
export default { fetch: (request) => fromAfar(request, () => answer(request)) }
