import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ceilings, spreadText, type Verdict } from './bars.ts'
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
  return [
    '# Benchmark',
    runText(results),
    '## Bars',
    barsTable(results),
    '## Throughput',
    throughputTable(results),
    ...(results.memory ? ['## Memory', memoryTable(results.memory)] : []),
    ...(results.costs ? ['## Stores', costsTable(results.costs)] : []),
  ].join('\n\n')
}

/** How it was measured, and on what. */
export function runText({ machine, rounds }: Results): string {
  const about = Object.entries(machine).map(([name, value]) => `${name} ${value}`)
  return `${rounds} rounds; a figure is the median of its rounds, (min – max). ${about.join(', ')}.`
}

export function throughputTable({ measured }: Pick<Results, 'measured'>): string {
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

export function barsTable({ verdicts, measured }: Pick<Results, 'verdicts' | 'measured'>): string {
  const word = (holds: boolean | null) => (holds === null ? '' : holds ? 'holds' : '**missed**')
  const table = markdownTable(
    ['', 'bar', 'by throughput', '', 'by CPU, or as counted', ''],
    verdicts.map(({ name, bar, throughput, is, holds }) => [
      ...[name, bar, throughput, word(holds.throughput)],
      ...[is, word(holds.is)],
    ]),
  )
  const limits = ceilings(measured)
  const heading =
    limits.length === 0
      ? []
      : [
          'What the visits alone reach, by CPU in the same run, which no service that asks D1 the same could exceed:',
        ]
  return [table, ...heading, limits.join('\n')].join('\n\n')
}

export function memoryTable({ logins, heap, resident }: Memory): string {
  return markdownTable(
    ['MiB', 'before', `after ${logins} logins`],
    [
      ['JavaScript heap of the isolate', ...heap.map((one) => one.toFixed(1))],
      ['workerd, with D1', ...resident.map((one) => one.toFixed(0))],
    ],
  )
}

export function costsTable(costs: Record<string, Cost>): string {
  return markdownTable(
    [
      ...['', 'round trips before the reply', 'rows read', 'rows written', 'KV reads', 'KV writes'],
      ...['largest batch', 'D1 and KV, $ a million'],
    ],
    Object.entries(costs).map(([subject, cost]) => [
      subject,
      cost.trips.join(', ') || 'none',
      ...[cost.rowsRead, cost.rowsWritten, cost.keyValueReads, cost.keyValueWrites].map(String),
      cost.batch.statements === 0
        ? '–'
        : `${cost.batch.statements} statements, ${cost.batch.bytes} bytes`,
      cost.price.toFixed(2),
    ]),
  )
}

function figures(values: number[]): string {
  return spreadText(spread(values))
}
