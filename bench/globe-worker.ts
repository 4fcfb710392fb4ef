import { HASH_COST } from '../src/passwords/argon2id.ts'
import { systemClock } from '../src/storage/clock.ts'
import { createWorker } from '../src/worker.ts'
import { delayedDatabase, delayedKeyValue, fromAfar } from './delayed-bindings-worker.ts'

const worker = createWorker({
  clock: systemClock,
  openMessengers: () => ({ mailer: { send: async () => undefined }, texter: null }),
  hashCost: HASH_COST,
})
/** One for all requests: the product reads its configuration once for each. */
let delayed: Env | undefined

function delayedStores(env: Env & { DB_US_EAST_1: D1Database }): Env {
  delayed ??= {
    ...env,
    DB_US_EAST_1: delayedDatabase(env.DB_US_EAST_1),
    DIRECTORY: delayedDatabase(env.DIRECTORY),
    KV: delayedKeyValue(env.KV),
  } as Env
  return delayed
}

/** The product, whose stores are as far as each request says. */
export default {
  scheduled: worker.scheduled,
  fetch: (request, env, context) =>
    fromAfar(
      request,
      () => worker.fetch?.(request, delayedStores(env), context) as Promise<Response>,
    ),
} satisfies ExportedHandler<Env & { DB_US_EAST_1: D1Database }>
