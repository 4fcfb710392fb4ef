import { env } from './env.ts'

/** What a test may need of the limiters in production. */
export type LimiterName = 'CALLER_LIMITER' | 'CALLER_NAME_LIMITER' | 'ANONYMOUS_LIMITER'

/**
 * Limiters with the limits of production, for a service that is to reach them; anew each time they are taken.
 * They count exactly, in a minute that does not end before the test does: the minute of those that the
 * runtime brings is the clock's (caller-limits.test.ts shows that they have these limits).
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

/** Counts what a limiter is asked, and by which keys. */
export class WatchedLimiter {
  readonly keys: string[] = []
  readonly #inner: RateLimit

  constructor(inner: RateLimit) {
    this.#inner = inner
  }

  /** The binding to give to the service. */
  get binding(): RateLimit {
    return {
      limit: (options) => {
        this.keys.push(options.key)
        return this.#inner.limit(options)
      },
    }
  }
}
