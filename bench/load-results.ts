import { type Offered, type OPERATIONS, type OperationName, percentile } from './open-loop.ts'
import { median } from './statistics.ts'

export type Service = 'latchkey' | 'better-auth' | 'floor'

/** Milliseconds. */
export interface Latency {
  count: number
  p50: number
  p95: number
  p99: number
  max: number
}

/** All rounds of one rate together. */
export interface AtRate {
  /** Arrivals a second. */
  rate: number
  /** Replies a second while calls came: the median of the rounds. */
  replied: number
  errors: number
  operations: Record<OperationName, Latency>
}

export interface ServiceLoad {
  rates: AtRate[]
  /** The first rate of each round that was more than the service could answer. */
  saturations: number[]
  /** Replies a second at that rate: the most that it can. */
  capacity: number
  /** The rate nearest to half of that. */
  atHalf: AtRate
}

export interface LoadResults {
  machine: Record<string, string | number>
  rounds: number
  seconds: number
  services: Record<Service, ServiceLoad>
}

export function summary(measured: Map<number, Offered[]>, saturations: number[]): ServiceLoad {
  const rates = [...measured].map(([rate, rounds]) => ({
    rate,
    replied: median(rounds.map(({ replied }) => replied)),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    operations: {
      login: latencyOf(rounds, 'login'),
      use: latencyOf(rounds, 'use'),
      logout: latencyOf(rounds, 'logout'),
      'wrong password': latencyOf(rounds, 'wrong password'),
    } satisfies Record<(typeof OPERATIONS)[number], Latency>,
  }))
  const capacity = Math.max(...rates.map(({ replied }) => replied))
  const distance = ({ rate }: AtRate) => Math.abs(rate - capacity / 2)
  const [atHalf] = rates.toSorted((a, b) => distance(a) - distance(b))
  if (!atHalf) throw new Error('nothing was measured')
  return { rates, saturations, capacity, atHalf }
}

function latencyOf(rounds: Offered[], operation: OperationName): Latency {
  const all = rounds.flatMap(({ latencies }) => latencies[operation]).toSorted((a, b) => a - b)
  return {
    count: all.length,
    p50: percentile(all, 0.5),
    p95: percentile(all, 0.95),
    p99: percentile(all, 0.99),
    max: percentile(all, 1),
  }
}

/** What the tail of a use is to its middle, at half of what the service can answer. */
export function tailOf({ atHalf }: ServiceLoad): number {
  const { p50, p99 } = atHalf.operations.use
  return p99 / p50
}
