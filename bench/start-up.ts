import { ask, expectAnswer } from './client.ts'
import { cpuMilliseconds, workerdProcess } from './cpu-clock.ts'
import { mailSink } from './ours.ts'
import { Runtime, type WorkerSpec } from './runtime.ts'
import { type Spread, spread } from './statistics.ts'

/**
 * Milliseconds of CPU from nothing to a Worker's first answer, less those that an empty Worker takes:
 * compiling and evaluating the script, and answering once.
 */
export async function startUpCpu(
  workers: { product: WorkerSpec; empty: WorkerSpec },
  rounds: number,
): Promise<Spread> {
  const differences: number[] = []
  for (let round = 0; round < rounds; round++) {
    const empty = await cpuToFirstAnswer(workers.empty, 200)
    const product = await cpuToFirstAnswer(workers.product, 404)
    differences.push(product - empty)
  }
  return spread(differences)
}

async function cpuToFirstAnswer(worker: WorkerSpec, status: number): Promise<number> {
  const runtime = await Runtime.start({ worker, 'mail-sink': mailSink })
  try {
    const port = await runtime.portOf('worker')
    expectAnswer(await ask(port, { method: 'GET', path: '/empty' }), status)
    return cpuMilliseconds(workerdProcess())
  } finally {
    await runtime.stop()
  }
}
