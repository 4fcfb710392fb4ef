import { markdownTable } from './markdown-table.ts'
import type { Spread } from './statistics.ts'

const MOST = 1.1

export interface Growth {
  subject: string
  /** Of the medians of a call, in the same round: with many users to with few. */
  median: Spread
  cpu: Spread
}

export interface GrowthResults {
  few: number
  many: number
  growth: Growth[]
}

export function growthMarkdown({ few, many, growth }: GrowthResults): string {
  const text = ({ min, median, max }: Spread) =>
    `${median.toFixed(2)} (${min.toFixed(2)} – ${max.toFixed(2)})`
  return markdownTable(
    [`${many} users and sessions to ${few}`, 'bar', 'time of a call', 'CPU', ''],
    growth.map(({ subject, median, cpu }) => [
      ...[subject, `at most ${MOST}`, text(median), text(cpu)],
      median.median <= MOST ? 'holds' : '**missed**',
    ]),
  )
}
