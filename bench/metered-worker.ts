import { HASH_COST } from '../src/passwords/argon2id.ts'
import { systemClock } from '../src/storage/clock.ts'
import { createWorker } from '../src/worker.ts'
import { RowMeter } from '../test/support/row-meter.ts'
import { type Batch, withBatches } from './batches-worker.ts'

const worker = createWorker({
  clock: systemClock,
  openMessengers: () => ({ mailer: { send: async () => undefined }, texter: null }),
  hashCost: HASH_COST,
})

/** The product, with its bindings metered: replies when the work after the reply is done, too. */
export default {
  scheduled: worker.scheduled,
  async fetch(request, env, context) {
    const region = new RowMeter(env.DB_US_EAST_1)
    const directory = new RowMeter(env.DIRECTORY)
    const keyValue = { reads: 0, writes: 0 }
    const batches: Batch[] = []
    const metered = {
      ...env,
      DB_US_EAST_1: withBatches(region.binding, (one) => batches.push(one)),
      DIRECTORY: withBatches(directory.binding, (one) => batches.push(one)),
      KV: countedKeyValue(env.KV, keyValue),
    }
    const later: Promise<unknown>[] = []
    const reply = (await worker.fetch?.(request, metered, {
      ...context,
      waitUntil: (work: Promise<unknown>) => later.push(work),
    } as ExecutionContext)) as Response
    await Promise.all(later)
    const headers = new Headers(reply.headers)
    const cost = {
      rowsRead: region.read + directory.read,
      rowsWritten: region.written + directory.written,
      keyValueReads: keyValue.reads,
      keyValueWrites: keyValue.writes,
      batch: batches.sort((a, b) => b.bytes - a.bytes)[0] ?? { statements: 0, bytes: 0 },
    }
    headers.set('X-Cost', JSON.stringify(cost))
    return new Response(reply.body, { status: reply.status, headers })
  },
} satisfies ExportedHandler<Env & { DB_US_EAST_1: D1Database }>

function countedKeyValue(kv: KVNamespace, count: { reads: number; writes: number }): KVNamespace {
  return {
    get: (key: string) => {
      count.reads++
      return kv.get(key)
    },
    put: (key: string, value: string, options?: KVNamespacePutOptions) => {
      count.writes++
      return kv.put(key, value, options)
    },
    delete: (key: string) => {
      count.writes++
      return kv.delete(key)
    },
  } as KVNamespace
}
