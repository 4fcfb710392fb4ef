import { ask } from './client.ts'
import { cpuMilliseconds } from './cpu-clock.ts'
import { median } from './statistics.ts'
import type { Slice, Subject } from './subject.ts'

/** How many calls of a subject with `prepare` make one slice. */
const PREPARED_CALLS = 160

/** How many calls each subject has had: no two slices repeat the same ones. */
const callsMade = new Map<Subject, number>()

/** Asks one subject for a while, so many calls at a time, and checks every answer. */
export async function measureSlice(
  subject: Subject,
  {
    concurrency,
    milliseconds,
    workerd,
  }: { concurrency: number; milliseconds: number; workerd: number },
): Promise<Slice> {
  await subject.prepare?.(PREPARED_CALLS)
  const first = callsMade.get(subject) ?? 0
  const most = subject.prepare ? PREPARED_CALLS : Number.POSITIVE_INFINITY
  let started = 0
  const times: number[] = []
  const cpuBefore = cpuMilliseconds(workerd)
  const startedAt = performance.now()
  const client = async () => {
    while (started < most && (performance.now() - startedAt < milliseconds || subject.prepare)) {
      const question = subject.ask(first + started++)
      const askedAt = performance.now()
      const answer = await ask(subject.port, question)
      times.push(performance.now() - askedAt)
      subject.check(answer)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, client))
  const seconds = (performance.now() - startedAt) / 1_000
  const cpu = (cpuMilliseconds(workerd) - cpuBefore) / times.length
  callsMade.set(subject, first + started)
  return { callsPerSecond: times.length / seconds, median: median(times), cpu }
}

/** slices[subject][concurrency] has one slice a round. */
export type Measured = Record<string, Record<string, Slice[]>>

interface Plan {
  rounds: number
  concurrencies: number[]
  milliseconds: number
  /** The process that is measured. */
  workerd: number
  beforeRound(round: number): Promise<void>
}

/**
 * Measures all subjects once a round, each round beginning with another, so that a slow spell of the
 * machine falls on all of them. The first round warms up and is not counted.
 */
export async function measureRounds(subjects: Subject[], plan: Plan): Promise<Measured> {
  const measured: Measured = {}
  for (let round = 0; round <= plan.rounds; round++) {
    await plan.beforeRound(round)
    const from = round % subjects.length
    for (const subject of [...subjects.slice(from), ...subjects.slice(0, from)])
      for (const concurrency of plan.concurrencies) {
        const slice = await measureSlice(subject, { ...plan, concurrency })
        if (round === 0) continue
        measured[subject.name] ??= {}
        const slices = measured[subject.name] as Record<string, Slice[]>
        slices[concurrency] = [...(slices[concurrency] ?? []), slice]
      }
  }
  return measured
}
