import { ensureDemoData } from './local/demo-data.ts'
import { answerOutbox, localMessengers } from './local/local-outbox.tsx'
import { systemClock } from './platform/clock.ts'
import { createWorker } from './worker.ts'

/**
 * The Worker on a developer's machine: the same, with demo data, and an
 * outbox for its mail and text messages. Nothing below local/ is part of the
 * production bundle.
 */
const worker = createWorker(systemClock, ({ KV }) => localMessengers(KV))
let seeded: Promise<void> | undefined

export default {
  ...worker,
  async fetch(request, env, context) {
    seeded ??= ensureDemoData(env, systemClock)
    await seeded.catch((error) => {
      seeded = undefined
      throw error
    })
    const outbox = await answerOutbox(request, env.KV)
    if (outbox) return outbox
    return worker.fetch?.(request, env, context) as Promise<Response>
  },
} satisfies ExportedHandler<Env>
