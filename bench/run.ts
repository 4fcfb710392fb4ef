// Measures the service beside the least that could do its work, and beside its peers, all on one workerd.
//
//   npm run bench -- --help

import { besideName, judgeBeside, judgeCosts, judgeRatios, judgeStart, LEAST_HASH } from './bars.ts'
import { betterAuthSubjects, betterAuthWorker } from './better-auth.ts'
import { buildOfRef, withLeastHash } from './build-of-ref.ts'
import { type Cost, costOf } from './costs.ts'
import { workerdProcess } from './cpu-clock.ts'
import { floorSubjects } from './floor.ts'
import { type Measured, measureRounds } from './load.ts'
import { machine } from './machine.ts'
import { memoryAfterLogins } from './memory.ts'
import { readOptions } from './options.ts'
import { mailSink, OurService, ourWorker } from './ours.ts'
import { installPeers } from './peers.ts'
import { type Results, writeResults } from './results.ts'
import { bundle, PRODUCT, Runtime, type WorkerSpec } from './runtime.ts'
import { startUpCpu } from './start-up.ts'

/** Enough that no counter of failures is ever filled: each user's wrong passwords are few. */
const USERS = 5_000
const CONCURRENCIES = [1, 8]
const START_UPS = 7
const LOGINS = 2_000

installPeers()
const options = readOptions()
const product = await bundle(PRODUCT)
const floor = await bundle('bench/floor-worker.ts')
const hono = await bundle('bench/hono-worker.ts')
const betterAuth = await bundle('bench/peers/better-auth-worker.ts')
const metered = await bundle('bench/metered-worker.ts')
const visits = await bundle('bench/visits-worker.ts')
const ours = await ourWorker(product)

const { beside } = options
const other = beside === null ? null : await buildOfRef(beside)

const measured = await measureThroughput()
const verdicts = [
  ...judgeRatios(measured),
  ...(beside === null ? [] : judgeBeside(measured, beside)),
]
const results: Results = { machine: machine(), rounds: options.rounds, measured, verdicts }
if (!options.roundsOnly) {
  const { weight } = product
  const cpu = await startUpCpu({ product: ours, empty: emptyWorker(ours) }, START_UPS)
  const costs = await measureCosts()
  verdicts.push(...judgeCosts(costs), ...judgeStart(weight, cpu))
  const memory = await memoryAfterLogins(product, LOGINS)
  Object.assign(results, { weight, startUpCpu: cpu, costs, memory })
}
console.log(writeResults(results, { writes: options.writes }))

async function measureThroughput(): Promise<Measured> {
  const runtime = await Runtime.start({
    ours,
    'mail-sink': mailSink,
    visits: await ourWorker(visits),
    floor: { bundle: floor, databases: ['DB'] },
    hono: { bundle: hono },
    'better-auth': betterAuthWorker(betterAuth),
    ...(other && {
      'least-hash': await ourWorker(withLeastHash(product)),
      beside: await ourWorker(withLeastHash(other.bundle)),
    }),
  })
  try {
    const service = await OurService.prepare(runtime, 'ours', USERS)
    const replayed = await OurService.prepare(runtime, 'visits', USERS)
    const services = [service, replayed]
    const subjects = [
      ...(await floorSubjects(runtime)),
      ...(await replayed.visits()),
      ...(await service.subjects()),
    ]
    if (beside !== null && other) {
      const least = await OurService.prepare(runtime, 'least-hash', USERS)
      const then = await OurService.prepare(runtime, 'beside', USERS, other.migrations)
      services.push(least, then)
      subjects.push(least.login(LEAST_HASH), then.login(besideName(beside)))
    }
    subjects.push(...(await betterAuthSubjects(runtime, 'better-auth', USERS)))
    return await measureRounds(
      subjects.filter(({ name }) => options.only.test(name)),
      {
        ...options,
        concurrencies: CONCURRENCIES,
        workerd: workerdProcess(),
        beforeRound: async (round) => {
          console.error(round === 0 ? 'warming up' : `round ${round} of ${options.rounds}`)
          for (const one of services) await one.beat()
        },
      },
    )
  } finally {
    await runtime.stop()
  }
}

async function measureCosts(): Promise<Record<string, Cost>> {
  const spec = await ourWorker(metered)
  const workers = {
    ours: { ...spec, bindings: { ...spec.bindings, SERVER_TIMING: 'on' } },
    'mail-sink': mailSink,
  }
  const runtime = await Runtime.start(workers)
  try {
    const service = await OurService.prepare(runtime, 'ours', 10)
    const costs: Record<string, Cost> = {}
    for (const subject of await service.subjects()) costs[subject.name] = await costOf(subject)
    return costs
  } finally {
    await runtime.stop()
  }
}

/** With the same bindings: what they take to start is nothing of the product's. */
function emptyWorker(like: WorkerSpec): WorkerSpec {
  const contents = Buffer.from('export default { fetch: () => new Response("ok") }')
  return { ...like, bundle: { modules: [{ type: 'ESModule', path: 'empty.js', contents }] } }
}
