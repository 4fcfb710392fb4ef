// Measures how long a login, a use and a logout take from six continents: the real Worker, with round trips between
// places injected at its bindings.
//
//   npm run bench:globe

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { betterAuthSubjects, betterAuthWorker } from './better-auth.ts'
import { ask } from './client.ts'
import { type GlobeCell, type GlobeResults, globeMarkdown } from './globe-markdown.ts'
import { machine } from './machine.ts'
import { percentile } from './open-loop.ts'
import { mailSink, OurService, ourWorker } from './ours.ts'
import { installPeers } from './peers.ts'
import { RESULTS } from './results.ts'
import { bundle, Runtime } from './runtime.ts'
import type { Subject } from './subject.ts'

/** From where a continent calls, and the milliseconds of a round trip to each place where D1 keeps databases. */
const ROUND_TRIPS = {
  // IBM Cloud, averages of 28 September to 27 October 2024.
  'North America (Toronto)': { Washington: 19, Frankfurt: 93, Tokyo: 162, Sydney: 214 },
  'South America (São Paulo)': { Washington: 119, Frankfurt: 198, Tokyo: 287, Sydney: 327 },
  'Europe (London)': { Washington: 76, Frankfurt: 13, Tokyo: 242, Sydney: 261 },
  'Asia (Osaka)': { Washington: 176, Frankfurt: 234, Tokyo: 9, Sydney: 122 },
  'Oceania (Sydney)': { Washington: 214, Frankfurt: 250, Tokyo: 115, Sydney: 0 },
  // AWS, af-south-1, medians by cloudping.co in 2026: IBM has no place in Africa.
  'Africa (Cape Town)': { Washington: 227, Frankfurt: 155, Tokyo: 286, Sydney: 295 },
}
type Home = 'Washington' | 'Frankfurt' | 'Tokyo' | 'Sydney'

/** From a Worker to a database of the same place. */
const LEAST_MS = 5

const USERS = 2_000
const CALLS = Number(process.argv[2] ?? 60)
const AT_ONCE = 4

installPeers()
const runtime = await Runtime.start({
  ours: await ourWorker(await bundle('bench/globe-worker.ts')),
  'mail-sink': mailSink,
  'better-auth': betterAuthWorker(await bundle('bench/peers/globe-better-auth-worker.ts')),
})
try {
  const service = await OurService.prepare(runtime, 'ours', USERS)
  const ours = await service.subjects()
  const theirs = await betterAuthSubjects(runtime, 'better-auth', USERS)
  const cells: GlobeCell[] = []
  for (const [from, trips] of Object.entries(ROUND_TRIPS)) {
    const nearest = LEAST_MS + Math.min(...Object.values(trips))
    const to = (home: Home) => LEAST_MS + trips[home]
    const far = trips.Washington === Math.min(...Object.values(trips)) ? 'Frankfurt' : 'Washington'
    const systems = [
      ['at home', ours, ['login', 'use by session string', 'logout'], nearest],
      ['far', ours, ['login', 'use by session string', 'logout'], to(far)],
      [
        'one database',
        theirs,
        ['better-auth: sign in', 'better-auth: get session', 'better-auth: sign out'],
        to('Washington'),
      ],
    ] as const
    for (const [system, subjects, names, primary] of systems)
      for (const [index, operation] of (['login', 'use', 'logout'] as const).entries()) {
        const subject = subjects.find(({ name }) => name === names[index])
        if (!subject) throw new Error(`no subject ${names[index]}`)
        await service.beat()
        const times = await timesOf(subject, { nearest, primary })
        const cell = {
          ...{ from, system, operation },
          p50: percentile(times, 0.5),
          p99: percentile(times, 0.99),
        }
        console.error(`${from}, ${system}, ${operation}: ${cell.p50.toFixed(0)} ms`)
        cells.push(cell)
      }
  }
  const results: GlobeResults = { machine: machine(), calls: CALLS, cells }
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, 'globe.json'), `${JSON.stringify(results, null, 1)}\n`)
  console.log(globeMarkdown(results))
} finally {
  await runtime.stop()
}

/** Milliseconds of each call, ascending. */
async function timesOf(
  subject: Subject,
  { nearest, primary }: { nearest: number; primary: number },
): Promise<number[]> {
  await subject.prepare?.(CALLS)
  const times: number[] = []
  let started = 0
  const client = async () => {
    while (started < CALLS) {
      const question = subject.ask(started++)
      const headers = { 'x-nearest-ms': String(nearest), 'x-primary-ms': String(primary) }
      const askedAt = performance.now()
      const answer = await ask(subject.port, {
        ...question,
        headers: { ...question.headers, ...headers },
      })
      times.push(performance.now() - askedAt)
      subject.check(answer)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  return times.toSorted((a, b) => a - b)
}
