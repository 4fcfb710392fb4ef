import { vi } from 'vitest'

const SOON_MS = 20

interface ShortDeadlines {
  /** How often one was set so far. */
  times(): number
  /** Restores the time-outs. */
  over(): void
}

/**
 * Shortens every timer of exactly this length, and leaves all others as they are, so that a test of what follows need not
 * wait for it. Storage and rate limiters have such timers, and so do mail servers.
 */
export function shortDeadlines(milliseconds: number): ShortDeadlines {
  const { setTimeout } = globalThis
  return shortened(milliseconds, (bounded) =>
    vi
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation(((work: () => void, asked = 0) =>
        setTimeout(work, bounded(asked))) as typeof setTimeout),
  )
}

/**
 * The same for the time-outs of requests to other services. Storage keeps its own, which may have the same length: a round
 * trip takes longer than a shortened one on a busy machine.
 */
export function shortRequests(milliseconds: number): ShortDeadlines {
  const { timeout } = AbortSignal
  return shortened(milliseconds, (bounded) =>
    vi
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((asked) => timeout.call(AbortSignal, bounded(asked))),
  )
}

function shortened(
  milliseconds: number,
  spy: (bounded: (asked: number) => number) => { mockRestore(): void },
): ShortDeadlines {
  let times = 0
  const spied = spy((asked) => {
    if (asked !== milliseconds) return asked
    times++
    return SOON_MS
  })
  return { times: () => times, over: () => spied.mockRestore() }
}
