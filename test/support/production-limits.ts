import { env } from './env.ts'

/** The parts of the production limiters that a test needs. */
export type LimiterName = 'CALLER_LIMITER' | 'CALLER_NAME_LIMITER' | 'ANONYMOUS_LIMITER'

/**
 * Limiters with the production limits, for a service whose test reaches them; new ones at each call. They count
 * exactly, in a minute that does not end before the test does, while the minute of the runtime's own limiters follows
 * the clock (caller-limits.test.ts shows that those have the same limits).
 */
export const productionLimits = {
  get CALLER_LIMITER() {
    return countingLimiter('CALLER_LIMITER')
  },
  get CALLER_NAME_LIMITER() {
    return countingLimiter('CALLER_NAME_LIMITER')
  },
  get ANONYMOUS_LIMITER() {
    return countingLimiter('ANONYMOUS_LIMITER')
  },
}

function countingLimiter(name: LimiterName): RateLimit {
  const most = env.PRODUCTION_LIMITS[name]
  const counts = new Map<string, number>()
  return {
    limit: async ({ key }) => {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return { success: count <= most }
    },
  }
}

/** Counts the calls to a limiter, and their keys. */
export class WatchedLimiter {
  readonly keys: string[] = []
  readonly #inner: RateLimit

  constructor(inner: RateLimit) {
    this.#inner = inner
  }

  /** The binding for the service. */
  get binding(): RateLimit {
    return {
      limit: (options) => {
        this.keys.push(options.key)
        return this.#inner.limit(options)
      },
    }
  }
}
