import { markdownTable } from './markdown-table.ts'

const OPERATIONS = ['login', 'use', 'logout'] as const
const SYSTEMS = ['at home', 'far', 'one database'] as const

export interface GlobeCell {
  from: string
  system: (typeof SYSTEMS)[number]
  operation: (typeof OPERATIONS)[number]
  /** Milliseconds. */
  p50: number
  p99: number
}

export interface GlobeResults {
  machine: Record<string, string | number>
  calls: number
  cells: GlobeCell[]
}

export function globeMarkdown({ cells }: GlobeResults): string {
  const columns = OPERATIONS.flatMap((operation) =>
    SYSTEMS.map((system) => ({ operation, system })),
  )
  const places = [...new Set(cells.map(({ from }) => from))]
  return markdownTable(
    ['p50 / p99, ms', ...columns.map(({ operation, system }) => `${operation}, ${system}`)],
    places.map((place) => [
      place,
      ...columns.map(({ operation, system }) => {
        const cell = cells.find(
          (one) => one.from === place && one.system === system && one.operation === operation,
        )
        return cell ? `${cell.p50.toFixed(0)} / ${cell.p99.toFixed(0)}` : '–'
      }),
    ]),
  )
}
