import { ensureDemoData } from './local/demo-data.ts'
import { systemClock } from './platform/clock.ts'
import { createWorker } from './worker.ts'

/**
 * The Worker on a developer's machine: the same, with demo data. Nothing below local/ is part of the
 * production bundle.
 */
const worker = createWorker(systemClock)
let seeded: Promise<void> | undefined

export default {
  ...worker,
  async fetch(request, env, context) {
    seeded ??= ensureDemoData(env, systemClock)
    await seeded.catch((error) => {
      seeded = undefined
      throw error
    })
    return worker.fetch?.(request, env, context) as Promise<Response>
  },
} satisfies ExportedHandler<Env>
