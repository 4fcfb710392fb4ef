import { env } from './env.ts'

/** The limiters as production has them, for a service that is to reach its limits. */
export const productionLimits = {
  CALLER_LIMITER: env.PRODUCTION_CALLER_LIMITER,
  CALLER_NAME_LIMITER: env.PRODUCTION_CALLER_NAME_LIMITER,
  ANONYMOUS_LIMITER: env.PRODUCTION_ANONYMOUS_LIMITER,
}

/** Local limiters count by the minute of the clock: waits until so much of this one is left. */
export async function earlyInMinute(secondsLeft = 15): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000)
  if (left < secondsLeft * 1_000) await new Promise((resolve) => setTimeout(resolve, left + 50))
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
