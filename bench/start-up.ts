import { ask, expectAnswer } from './client.ts'
import { cpuMilliseconds, workerdProcess } from './cpu-clock.ts'
import { mailSink } from './ours.ts'
import { Runtime, type WorkerSpec } from './runtime.ts'
import { ratios, type Spread, spread } from './statistics.ts'

/**
 * How many times the CPU of an empty Worker one takes from the start of the process to its first answer: to read and
 * evaluate the script, and to answer once.
 */
export async function startUpCpu(
  workers: { product: WorkerSpec; empty: WorkerSpec },
  rounds: number,
): Promise<Spread> {
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    theirs.push(await cpuToFirstAnswer(workers.empty))
    ours.push(await cpuToFirstAnswer(workers.product))
  }
  return spread(ratios(ours, theirs))
}

async function cpuToFirstAnswer(worker: WorkerSpec): Promise<number> {
  const runtime = await Runtime.start({ worker, 'mail-sink': mailSink })
  try {
    const port = await runtime.portOf('worker')
    expectAnswer(await ask(port, { method: 'GET', path: '/.well-known/jwks.json' }), 200)
    return cpuMilliseconds(workerdProcess())
  } finally {
    await runtime.stop()
  }
}
