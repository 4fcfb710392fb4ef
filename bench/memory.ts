import { ask } from './client.ts'
import { residentMemory, workerdProcess } from './cpu-clock.ts'
import { type Inspector, openInspector } from './inspector.ts'
import { mailSink, OurService, ourWorker } from './ours.ts'
import { type Bundle, Runtime } from './runtime.ts'

const USERS = 1_000
const AT_ONCE = 8
const READINGS = 25

export interface Memory {
  logins: number
  /** MiB before and after: the isolate's JavaScript heap, at its least during some logins. */
  heap: [number, number]
  /** MiB before and after: all of workerd, with D1 and every other isolate. */
  resident: [number, number]
}

/** What so many logins leave behind in memory. */
export async function memoryAfterLogins(bundle: Bundle, logins: number): Promise<Memory> {
  const workers = { ours: await ourWorker(bundle), 'mail-sink': mailSink }
  const runtime = await Runtime.start(workers, { inspectorPort: 0 })
  try {
    const service = await OurService.prepare(runtime, 'ours', USERS)
    const inspector = await openInspector(runtime, 'ours')
    const workerd = workerdProcess()
    const before = [await leastHeap(service, inspector), residentMemory(workerd)] as const
    await logInMany(service, logins)
    const after = [await leastHeap(service, inspector), residentMemory(workerd)] as const
    inspector.close()
    return { logins, heap: [before[0], after[0]], resident: [before[1], after[1]] }
  } finally {
    await runtime.stop()
  }
}

async function logInMany(service: OurService, logins: number): Promise<void> {
  const [logIn] = await service.subjects()
  if (!logIn) throw new Error('nothing to log in with')
  let started = 0
  const client = async () => {
    while (started < logins) logIn.check(await ask(logIn.port, logIn.ask(started++)))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
}

/** workerd answers no wish for a garbage collection: the least of many readings is one after it. */
async function leastHeap(service: OurService, inspector: Inspector): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let reading = 0; reading < READINGS; reading++) {
    await logInMany(service, AT_ONCE)
    const { usedSize } = await inspector.send('Runtime.getHeapUsage')
    least = Math.min(least, usedSize)
  }
  return least / 2 ** 20
}
