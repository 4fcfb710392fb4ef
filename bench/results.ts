import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Verdict } from './bars.ts'
import type { Cost } from './costs.ts'
import type { Measured } from './load.ts'
import { markdownTable } from './markdown-table.ts'
import type { Memory } from './memory.ts'
import type { Weight } from './runtime.ts'
import { type Spread, spread } from './statistics.ts'

export interface Results {
  machine: Record<string, string | number>
  rounds: number
  measured: Measured
  verdicts: Verdict[]
  weight?: Weight
  /** How many times that of an empty Worker with the same bindings. */
  startUpCpu?: Spread
  memory?: Memory
  costs?: Record<string, Cost>
}

export const RESULTS = join(import.meta.dirname, 'results')

/** KiB gzip. */
const MOST_WEIGHT: Weight = { atStart: 350, all: 480 }
const MOST_START_UP = 2

/** Writes the results as JSON and Markdown, and answers the latter. */
export function writeResults(results: Results, { writes }: { writes: boolean }): string {
  const markdown = asMarkdown(results)
  if (writes) {
    mkdirSync(RESULTS, { recursive: true })
    writeFileSync(join(RESULTS, 'latest.json'), `${JSON.stringify(results, null, 2)}\n`)
    writeFileSync(join(RESULTS, 'latest.md'), `${markdown}\n`)
  }
  return markdown
}

function asMarkdown(results: Results): string {
  const { machine, rounds } = results
  return [
    '# Benchmark',
    `${rounds} rounds; a figure is the median of its rounds, (min – max). ${Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}.`,
    '## Throughput',
    throughputTable(results.measured),
    '## Bars',
    barsTable(results),
    ...(results.memory ? ['## Memory', memoryTable(results.memory)] : []),
    ...(results.costs ? ['## Stores', costsTable(results.costs)] : []),
  ].join('\n\n')
}

function throughputTable(measured: Measured): string {
  const rows = Object.entries(measured).map(([subject, slices]) => [
    subject,
    ...Object.values(slices).flatMap((rounds) => [
      figures(rounds.map(({ callsPerSecond }) => callsPerSecond)),
      figures(rounds.map(({ median }) => median)),
      figures(rounds.map(({ cpu }) => cpu)),
    ]),
  ])
  const header = ['calls/s', 'ms', 'CPU ms']
  return markdownTable(
    ['', ...header.map((one) => `${one}, 1 at a time`), ...header.map((one) => `${one}, 8`)],
    rows,
  )
}

function barsTable({ verdicts, weight, startUpCpu }: Results): string {
  const rows = verdicts.map(({ subject, of, concurrency, least, throughput, cpu, holds }) => [
    `${subject} / ${of}, ${concurrency} at a time`,
    `at least ${least}`,
    spreadText(throughput),
    spreadText(cpu),
    holds ? 'holds' : '**missed**',
  ])
  const most = (name: string, bound: string, value: string, holds: boolean) => [
    ...[name, bound, value, ''],
    holds ? 'holds' : '**missed**',
  ]
  for (const [which, title] of [
    ['atStart', 'bundle, KiB gzip: modules evaluated at the start'],
    ['all', 'bundle, KiB gzip: all modules uploaded'],
  ] as const) {
    if (!weight) continue
    const [is, bound] = [weight[which], MOST_WEIGHT[which]]
    rows.push(most(title, `at most ${bound}`, is.toFixed(0), is <= bound))
  }
  if (startUpCpu)
    rows.push(
      most(
        'start-up CPU / that of an empty Worker with the same bindings',
        `at most ${MOST_START_UP}`,
        spreadText(startUpCpu),
        startUpCpu.median <= MOST_START_UP,
      ),
    )
  return markdownTable(['', 'bar', 'throughput', 'CPU', ''], rows)
}

function memoryTable({ logins, heap, resident }: Memory): string {
  return markdownTable(
    ['MiB', 'before', `after ${logins} log ins`],
    [
      ['JavaScript heap of the isolate', ...heap.map((one) => one.toFixed(1))],
      ['workerd, with D1', ...resident.map((one) => one.toFixed(0))],
    ],
  )
}

function costsTable(costs: Record<string, Cost>): string {
  return markdownTable(
    [
      ...['', 'trips before the reply', 'rows read', 'rows written', 'KV reads', 'KV writes'],
      'D1 and KV, $ a million',
    ],
    Object.entries(costs).map(([subject, cost]) => [
      subject,
      cost.trips.join(', ') || 'none',
      ...[cost.rowsRead, cost.rowsWritten, cost.keyValueReads, cost.keyValueWrites].map(String),
      cost.price.toFixed(2),
    ]),
  )
}

function figures(values: number[]): string {
  return spreadText(spread(values))
}

function spreadText({ min, median, max }: Spread): string {
  return `${short(median)} (${short(min)} – ${short(max)})`
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
