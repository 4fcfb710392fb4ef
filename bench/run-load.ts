// Measures how long calls take while so many come a second, up to what a service can answer: the mix of a real day,
// asked in an open loop, beside better-auth and beside the least that could be asked of the same workerd.
//
//   npm run bench:load -- --help

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { betterAuthSubjects, betterAuthWorker } from './better-auth.ts'
import { floorSubjects } from './floor.ts'
import { loadMarkdown } from './load-markdown.ts'
import { loadPlot } from './load-plot.ts'
import { type LoadResults, type Service, summary } from './load-results.ts'
import { machine } from './machine.ts'
import { type Offered, type Operation, offer, randomFrom } from './open-loop.ts'
import { mailSink, OurService, ourWorker } from './ours.ts'
import { installPeers } from './peers.ts'
import { RESULTS } from './results.ts'
import { bundle, PRODUCT, Runtime } from './runtime.ts'
import type { Subject } from './subject.ts'

const USERS = 5_000
/** Arrivals a second. */
const RATES = [20, 40, 60, 80, 100, 125, 150, 175, 200, 250, 300, 350, 400, 500, 600, 800]
/** A service is saturated at the first rate of which it answers less than this share while calls come. */
const ANSWERED = 0.95
const WARM_UP = { rate: 40, seconds: 4 }

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`npm run bench:load -- [options]

  --rounds N    how often each rate is offered to each service (3)
  --seconds S   for how long (8)`)
  process.exit(0)
}
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]

interface Started {
  operations: Operation[]
  beforeStretch(): Promise<void>
  stop(): Promise<void>
}

installPeers()
const services: Record<Service, Started> = {
  latchkey: await startOurs(),
  'better-auth': await startBetterAuth(),
  floor: await startFloor(),
}
const names = Object.keys(services) as Service[]
const measured: Record<Service, Map<number, Offered[]>> = {
  latchkey: new Map(),
  'better-auth': new Map(),
  floor: new Map(),
}
const saturations: Record<Service, number[]> = { latchkey: [], 'better-auth': [], floor: [] }
try {
  for (const name of names) await stretch(name, { ...WARM_UP, seed: 0 })
  for (let round = 0; round < rounds; round++) {
    const rising = new Set(names)
    for (const rate of RATES)
      for (const name of names.filter((one) => rising.has(one))) {
        const offered = await stretch(name, { rate, seconds, seed: (round + 1) * 10_000 + rate })
        measured[name].set(rate, [...(measured[name].get(rate) ?? []), offered])
        const share = (offered.replied * seconds) / offered.arrivals
        console.error(
          `round ${round + 1} of ${rounds}, ${name}, ${rate}/s: ${(share * 100).toFixed(0)} % answered, ${offered.errors} errors`,
        )
        if (share >= ANSWERED) continue
        rising.delete(name)
        saturations[name].push(rate)
      }
    for (const name of rising) saturations[name].push(RATES.at(-1) ?? 0)
  }
} finally {
  for (const { stop } of Object.values(services)) await stop()
}

const results: LoadResults = {
  machine: machine(),
  rounds,
  seconds,
  services: {
    latchkey: summary(measured.latchkey, saturations.latchkey),
    'better-auth': summary(measured['better-auth'], saturations['better-auth']),
    floor: summary(measured.floor, saturations.floor),
  },
}
mkdirSync(RESULTS, { recursive: true })
writeFileSync(join(RESULTS, 'load.json'), `${JSON.stringify(results, null, 1)}\n`)
writeFileSync(join(RESULTS, 'load.svg'), loadPlot(results))
console.log(loadMarkdown(results))
process.exit(0)

/** The same seed brings the same calls at the same moments to each service. */
async function stretch(
  name: Service,
  { seed, ...what }: { rate: number; seconds: number; seed: number },
): Promise<Offered> {
  const { operations, beforeStretch } = services[name]
  await beforeStretch()
  return offer(operations, { ...what, random: randomFrom(seed) })
}

async function startOurs(): Promise<Started> {
  const runtime = await Runtime.start({
    ours: await ourWorker(await bundle(PRODUCT)),
    'mail-sink': mailSink,
  })
  const service = await OurService.prepare(runtime, 'ours', USERS)
  const subjects = await service.subjects()
  return {
    operations: operations(subjects, {
      login: 'login',
      use: 'use by session string',
      logout: 'logout',
      'wrong password': 'wrong password',
    }),
    beforeStretch: () => service.beat(),
    stop: () => runtime.stop(),
  }
}

async function startBetterAuth(): Promise<Started> {
  const worker = betterAuthWorker(await bundle('bench/peers/better-auth-worker.ts'))
  const runtime = await Runtime.start({ 'better-auth': worker })
  const subjects = await betterAuthSubjects(runtime, 'better-auth', USERS)
  return {
    operations: operations(subjects, {
      login: 'better-auth: sign in',
      use: 'better-auth: get session',
      logout: 'better-auth: sign out',
      'wrong password': 'better-auth: wrong password',
    }),
    beforeStretch: async () => undefined,
    stop: () => runtime.stop(),
  }
}

/** A login and a wrong password are a bare hash, a use and a logout one read by key. */
async function startFloor(): Promise<Started> {
  const runtime = await Runtime.start({
    floor: { bundle: await bundle('bench/floor-worker.ts'), databases: ['DB'] },
    hono: { bundle: await bundle('bench/hono-worker.ts') },
  })
  const subjects = await floorSubjects(runtime)
  return {
    operations: operations(subjects, {
      login: 'bare Argon2id',
      use: 'one D1 read by key',
      logout: 'one D1 read by key',
      'wrong password': 'bare Argon2id',
    }),
    beforeStretch: async () => undefined,
    stop: () => runtime.stop(),
  }
}

function operations(subjects: Subject[], named: Record<Operation['name'], string>): Operation[] {
  return (Object.entries(named) as [Operation['name'], string][]).map(([name, of]) => {
    const subject = subjects.find((one) => one.name === of)
    if (!subject) throw new Error(`no subject ${of}`)
    return { name, subject }
  })
}
