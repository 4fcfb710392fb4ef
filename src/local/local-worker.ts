import type { Argon2Cost } from '../passwords/argon2id.ts'
import { systemClock } from '../storage/clock.ts'
import { createWorker } from '../worker.ts'
import { ensureDemoData } from './demo-data.ts'
import { answerOutbox, localMessengers } from './local-outbox.tsx'

/**
 * The Worker on a developer's machine: the same, with demo data, and an
 * outbox for its mail and text messages. Nothing below local/ is part of the
 * production bundle.
 */
export function createLocalWorker(hashCost: Argon2Cost): ExportedHandler<Env> {
  const worker = createWorker({
    clock: systemClock,
    openMessengers: ({ KV }) => localMessengers(KV),
    hashCost,
  })
  let seeded: Promise<void> | undefined
  return {
    ...worker,
    async fetch(request, env, context) {
      seeded ??= ensureDemoData(env, { clock: systemClock, hashCost })
      await seeded.catch((error) => {
        seeded = undefined
        throw error
      })
      const outbox = await answerOutbox(request, env.KV)
      if (outbox) return outbox
      return worker.fetch?.(request, env, context) as Promise<Response>
    },
  }
}
