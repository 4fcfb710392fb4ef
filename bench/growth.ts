// Measures whether the service is slower for a million users than for a thousand.
//
//   npm run bench:growth

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workerdProcess } from './cpu-clock.ts'
import { type Growth, growthMarkdown } from './growth-markdown.ts'
import { type Measured, measureRounds } from './load.ts'
import { machine } from './machine.ts'
import { mailSink, OurService, ourWorker } from './ours.ts'
import { RESULTS } from './results.ts'
import { bundle, PRODUCT, Runtime } from './runtime.ts'
import { ratios, spread } from './statistics.ts'

const FEW = 1_000
const MANY = Number(process.argv[2] ?? 1_000_000)
const ROUNDS = 9
const MILLISECONDS = 600

const product = await bundle(PRODUCT)
const runtime = await Runtime.start({
  few: await ourWorker(product),
  many: await ourWorker(product),
  'mail-sink': mailSink,
})
try {
  const few = await prepare('few', FEW)
  const many = await prepare('many', MANY)
  const subjects = pairs(await few.subjects('few: '), await many.subjects('many: '))
  const measured = await measureRounds(subjects, {
    rounds: ROUNDS,
    concurrencies: [1],
    milliseconds: MILLISECONDS,
    workerd: workerdProcess(),
    beforeRound: async (round) => {
      console.error(`round ${round} of ${ROUNDS}`)
      await Promise.all([few.beat(), many.beat()])
    },
  })
  const growth = compare(measured)
  mkdirSync(RESULTS, { recursive: true })
  const results = { machine: machine(), rounds: ROUNDS, few: FEW, many: MANY, growth }
  writeFileSync(join(RESULTS, 'growth.json'), `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(join(RESULTS, 'growth.md'), `${growthMarkdown(results)}\n`)
  console.log(growthMarkdown(results))
} finally {
  await runtime.stop()
}

async function prepare(worker: string, users: number): Promise<OurService> {
  console.error(`${users} users, with a session each`)
  const service = await OurService.prepare(runtime, worker, users)
  await service.fillSessions()
  return service
}

/** Each beside its other: what slows the machine meets both. */
function pairs<T>(ones: T[], others: T[]): T[] {
  return ones.flatMap((one, index) => [one, others[index] as T])
}

function compare(measured: Measured): Growth[] {
  return Object.keys(measured)
    .filter((name) => name.startsWith('few: '))
    .map((name) => {
      const subject = name.slice('few: '.length)
      const few = measured[name]?.[1] ?? []
      const many = measured[`many: ${subject}`]?.[1] ?? []
      const ratioOf = (key: 'median' | 'cpu') =>
        spread(
          ratios(
            many.map((slice) => slice[key]),
            few.map((slice) => slice[key]),
          ),
        )
      return { subject, median: ratioOf('median'), cpu: ratioOf('cpu') }
    })
}
