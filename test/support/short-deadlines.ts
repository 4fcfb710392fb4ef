import { vi } from 'vitest'

const SOON_MS = 20

interface ShortDeadlines {
  /** How often one was set so far. */
  times(): number
  /** Restores the timers. */
  over(): void
}

/**
 * Shortens every time-out of exactly this length, and leaves all others as they are, so that a test of what follows
 * need not wait for it.
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
