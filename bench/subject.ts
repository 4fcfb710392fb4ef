import type { Answer, Ask } from './client.ts'

/** Something to measure: how to ask for it, and how to tell that an answer is right. */
export interface Subject {
  name: string
  group: 'floor' | 'ours' | 'better-auth'
  port: number
  /** The question of the nth call. */
  ask(call: number): Ask
  /** @throws when the answer is wrong */
  check(answer: Answer): void
  /** For what can be done once only: makes as many of it, before the clock starts. */
  prepare?(calls: number): Promise<void>
}

/** One stretch of a subject under load. */
export interface Slice {
  callsPerSecond: number
  /** Of one call's milliseconds. */
  median: number
  /** Milliseconds of CPU that workerd used for a call, its stores included. */
  cpu: number
}
