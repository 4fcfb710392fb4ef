import { vi } from 'vitest'

const SOON_MS = 20

interface ShortDeadlines {
  /** How often one was set until now. */
  times(): number
  /** Leaves all as they are again. */
  over(): void
}

/**
 * Has every wait that the service bounds by exactly so much be over soon, and leaves all others as they are:
 * a test of what happens then need not sit the time out.
 */
export function shortDeadlines(milliseconds: number): ShortDeadlines {
  let times = 0
  const bounded = (asked: number): number => {
    if (asked !== milliseconds) return asked
    times++
    return SOON_MS
  }
  const { setTimeout } = globalThis
  const timers = vi.spyOn(globalThis, 'setTimeout')
  timers.mockImplementation(((work: () => void, asked = 0) =>
    setTimeout(work, bounded(asked))) as typeof setTimeout)
  const { timeout } = AbortSignal
  const signals = vi.spyOn(AbortSignal, 'timeout')
  signals.mockImplementation((asked) => timeout.call(AbortSignal, bounded(asked)))
  const over = () => {
    timers.mockRestore()
    signals.mockRestore()
  }
  return { times: () => times, over }
}
