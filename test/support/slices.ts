import { DAY, MINUTE } from '../../src/storage/clock.ts'
import type { Slice } from '../../src/storage/sweep.ts'
import type { TestClock } from './test-clock.ts'

export function isAmong<Key>(key: Key, { from, before }: Slice<Key>): boolean {
  return key >= from && key < before
}

/** Lets minutes pass until a slice contains the row, a day at most. */
export function passTimeUntil(clock: TestClock, isTurn: () => boolean): void {
  for (let minute = 0; !isTurn(); minute++) {
    if (minute > DAY / MINUTE) throw new Error('a day has passed, and it was nobody’s turn')
    clock.advance(MINUTE)
  }
}
