import { setTimeout as wait } from 'node:timers/promises'
import { ask } from './client.ts'
import type { Subject } from './subject.ts'

/** One operation of a service's day, and how often it comes. */
export interface Operation {
  name: OperationName
  subject: Subject
}

/** How often each comes for one login: the mix of a real day. */
export const MIX = { login: 1, use: 20, logout: 0.3, 'wrong password': 0.05 }
export type OperationName = keyof typeof MIX
export const OPERATIONS = Object.keys(MIX) as OperationName[]
const ALL = Object.values(MIX).reduce((sum, share) => sum + share, 0)

/** What came of one stretch of arrivals at one rate. */
export interface Offered {
  /** Milliseconds from when a call was to be made to its reply, ascending. */
  latencies: Record<OperationName, number[]>
  /** Replies that were wrong, and calls that got none. */
  errors: number
  arrivals: number
  /** Replies a second, while calls arrived. */
  replied: number
}

/** Calls still without a reply so long after the last arrival are counted as errors. */
const PATIENCE_MS = 20_000

/** How many calls each subject has had: no two stretches repeat the same ones. */
const callsMade = new Map<Subject, number>()

/**
 * Makes calls at random moments, so many a second on average, whether or not those before them were answered (an open
 * loop). A latency begins when the call was to be made: one that a busy client makes late is late (no coordinated
 * omission).
 */
export async function offer(
  operations: Operation[],
  { rate, seconds, random }: { rate: number; seconds: number; random: () => number },
): Promise<Offered> {
  const arrivals = plan(rate, seconds, random)
  for (const { name, subject } of operations)
    await subject.prepare?.(arrivals.filter((one) => one.name === name).length + 1)
  const latencies: Offered['latencies'] = { login: [], use: [], logout: [], 'wrong password': [] }
  const subjects = new Map(operations.map(({ name, subject }) => [name, subject]))
  let [errors, repliedInTime] = [0, 0]
  const startedAt = performance.now()
  const now = () => performance.now() - startedAt
  const call = async ({ at, name }: Arrival) => {
    const subject = subjects.get(name)
    if (!subject) return
    const nth = callsMade.get(subject) ?? 0
    callsMade.set(subject, nth + 1)
    try {
      subject.check(await ask(subject.port, subject.ask(nth)))
      latencies[name].push(now() - at)
      if (now() <= seconds * 1_000) repliedInTime++
    } catch {
      errors++
    }
  }
  const calls: Promise<void>[] = []
  for (const arrival of arrivals) {
    const early = arrival.at - now()
    if (early > 0) await wait(early)
    calls.push(call(arrival))
  }
  await Promise.race([Promise.all(calls), wait(PATIENCE_MS, undefined, { ref: false })])
  const replies = OPERATIONS.reduce((sum, name) => sum + latencies[name].length, 0)
  errors += calls.length - replies - errors
  for (const name of OPERATIONS) latencies[name].sort((a, b) => a - b)
  return { latencies, errors, arrivals: calls.length, replied: repliedInTime / seconds }
}

interface Arrival {
  /** Milliseconds after the start. */
  at: number
  name: OperationName
}

/** Independent arrivals: the gaps between them are exponential. */
function plan(rate: number, seconds: number, random: () => number): Arrival[] {
  const arrivals: Arrival[] = []
  for (let at = 0; ; ) {
    at += (-Math.log(1 - random()) * 1_000) / rate
    if (at >= seconds * 1_000) return arrivals
    arrivals.push({ at, name: drawn(random() * ALL) })
  }
}

/** @param share from 0 up to that of all operations together */
function drawn(share: number): OperationName {
  let upTo = 0
  for (const name of OPERATIONS) {
    upTo += MIX[name]
    if (share < upTo) return name
  }
  return 'use'
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Of ascending values: the least one that so large a share of all does not exceed. */
export function percentile(ascending: number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? Number.NaN
}
