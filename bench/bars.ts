import type { Measured } from './load.ts'
import { ratios, type Spread, spread } from './statistics.ts'

/** A promise about speed: how many times the throughput of another subject one has, at the least. */
interface Bar {
  subject: string
  of: string
  /** By concurrency. */
  least: Record<number, number>
}

const BARS: Bar[] = [
  { subject: 'login', of: 'bare Argon2id', least: { 1: 0.8, 8: 0.88 } },
  { subject: 'login', of: 'better-auth: sign in', least: { 1: 2, 8: 2 } },
  { subject: 'use by session string', of: 'one D1 read by key', least: { 1: 0.85, 8: 0.85 } },
  { subject: 'use by session string', of: 'better-auth: get session', least: { 1: 2.5, 8: 2.5 } },
  { subject: 'logout', of: 'better-auth: sign out', least: { 1: 4, 8: 4 } },
]

export interface Verdict {
  subject: string
  of: string
  concurrency: number
  least: number
  /** Of calls a second, in the same round. */
  throughput: Spread
  /** The other's CPU for a call to this one's: what the ratio would be if nothing but workerd ran. */
  cpu: Spread
  holds: boolean
}

/** Judges by the median of the rounds' ratios; bars whose subjects were not measured are left out. */
export function judge(measured: Measured): Verdict[] {
  return BARS.flatMap(({ subject, of, least }) =>
    Object.entries(least).flatMap(([concurrency, bound]) => {
      const ours = measured[subject]?.[concurrency]
      const theirs = measured[of]?.[concurrency]
      if (!ours || !theirs) return []
      const throughput = spread(
        ratios(
          ours.map((slice) => slice.callsPerSecond),
          theirs.map((slice) => slice.callsPerSecond),
        ),
      )
      const cpu = spread(
        ratios(
          theirs.map((slice) => slice.cpu),
          ours.map((slice) => slice.cpu),
        ),
      )
      const holds = throughput.median >= bound
      return [
        { subject, of, concurrency: Number(concurrency), least: bound, throughput, cpu, holds },
      ]
    }),
  )
}
