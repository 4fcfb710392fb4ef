// Measures whether the service is slower for a million users than for a thousand.
//
//   npm run bench:growth

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workerdProcess } from './cpu-clock.ts'
import { type Measured, measureRounds } from './load.ts'
import { machine } from './machine.ts'
import { markdownTable } from './markdown-table.ts'
import { mailSink, OurService, ourWorker } from './ours.ts'
import { RESULTS } from './results.ts'
import { bundle, PRODUCT, Runtime } from './runtime.ts'
import { ratios, type Spread, spread } from './statistics.ts'

const FEW = 1_000
const MANY = Number(process.argv[2] ?? 1_000_000)
const ROUNDS = 9
const MILLISECONDS = 600
const MOST = 1.1

interface Growth {
  subject: string
  /** Of the medians of a call, in the same round: with many users to with few. */
  median: Spread
  cpu: Spread
}

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
  writeFileSync(join(RESULTS, 'growth.md'), `${asMarkdown(growth)}\n`)
  console.log(asMarkdown(growth))
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

function asMarkdown(growth: Growth[]): string {
  const text = ({ min, median, max }: Spread) =>
    `${median.toFixed(2)} (${min.toFixed(2)} – ${max.toFixed(2)})`
  return markdownTable(
    [`${MANY} users and sessions to ${FEW}`, 'bar', 'time of a call', 'CPU', ''],
    growth.map(({ subject, median, cpu }) => [
      ...[subject, `at most ${MOST}`, text(median), text(cpu)],
      median.median <= MOST ? 'holds' : '**missed**',
    ]),
  )
}
