import { type LoadResults, type Service, type ServiceLoad, tailOf } from './load-results.ts'
import { markdownTable } from './markdown-table.ts'
import { OPERATIONS } from './open-loop.ts'
import { median } from './statistics.ts'

const MOST_TAIL = 4
/** Beside what the platform itself takes in the same run. */
const MOST_TAIL_TO_FLOOR = 1.5

export function loadMarkdown(results: LoadResults): string {
  const { machine, rounds, seconds, services } = results
  const { latchkey, floor } = services
  const about = Object.entries(machine).map(([name, value]) => `${name} ${value}`)
  const [ours, least] = [latchkey.atHalf.operations.use, floor.atHalf.operations.use]
  const toFloor = ours.p99 / least.p99
  return [
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${seconds} s at each rate, all latencies together, in ms. ${about.join(', ')}.`,
    markdownTable(
      ['', 'bar', 'is', ''],
      [
        row(
          'p99 of a use at half of what is answered at most / its p50',
          MOST_TAIL,
          tailOf(latchkey),
        ),
        row(
          'p99 of a use there / p99 of one D1 read by key beside bare hashes',
          MOST_TAIL_TO_FLOOR,
          toFloor,
        ),
      ],
    ),
    markdownTable(
      [
        '',
        'answers at most, a second',
        'saturated at',
        'p99 / p50 of a use at half of it',
        'errors',
      ],
      (Object.keys(services) as Service[]).map((name) => {
        const service = services[name]
        const errors = service.rates.reduce((sum, one) => sum + one.errors, 0)
        const saturated = `${median(service.saturations)} (${service.saturations.join(', ')})`
        return [
          name,
          service.capacity.toFixed(0),
          saturated,
          tailOf(service).toFixed(1),
          `${errors}`,
        ]
      }),
    ),
    ...(Object.keys(services) as Service[]).map((name) => ratesTable(name, services[name])),
  ].join('\n\n')
}

function row(name: string, most: number, is: number): string[] {
  return [name, `at most ${most}`, is.toFixed(2), is <= most ? 'holds' : '**missed**']
}

function ratesTable(name: Service, { rates }: ServiceLoad): string {
  return markdownTable(
    [
      `${name}, arrivals a second`,
      'answered',
      'errors',
      ...OPERATIONS.map((operation) => `${operation}: p50 / p95 / p99 / max`),
    ],
    rates.map(({ rate, replied, errors, operations }) => [
      ...[`${rate}`, replied.toFixed(0), `${errors}`],
      ...OPERATIONS.map((operation) => {
        const { count, p50, p95, p99, max } = operations[operation]
        if (count === 0) return '–'
        return [p50, p95, p99, max].map(short).join(' / ')
      }),
    ]),
  )
}

function short(milliseconds: number): string {
  return milliseconds >= 10 ? milliseconds.toFixed(0) : milliseconds.toFixed(1)
}
