import { env } from 'cloudflare:workers'
import { HASH_COST } from '../src/passwords/hash-cost.ts'
import { systemClock } from '../src/storage/clock.ts'
import { createWorker } from '../src/worker.ts'
import { delayedDatabase, delayedKeyValue, fromAfar } from './delayed-bindings-worker.ts'

const worker = createWorker({
  clock: systemClock,
  openMessengers: () => ({ mailer: { send: async () => undefined }, texter: null }),
  hashCost: HASH_COST,
})
/** One for all requests: the product reads its configuration once for each. */
const delayed = {
  ...env,
  DB_US_EAST_1: delayedDatabase(env.DB_US_EAST_1),
  DIRECTORY: delayedDatabase(env.DIRECTORY),
  KV: delayedKeyValue(env.KV),
}

/** The product, whose stores are as far as each request says. */
export default {
  scheduled: worker.scheduled,
  fetch: (request, _, context) =>
    fromAfar(request, () => worker.fetch?.(request, delayed, context) as Promise<Response>),
} satisfies ExportedHandler<Env>
