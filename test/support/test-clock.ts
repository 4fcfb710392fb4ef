import type { Clock } from '../../src/storage/clock.ts'

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void
}

export function testClock(now = Date.UTC(2026, 10, 23, 12)): TestClock {
  let time = now
  return Object.assign(() => time, {
    advance(milliseconds: number) {
      time += milliseconds
    },
  })
}
