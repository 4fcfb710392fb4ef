import { env } from './env.ts'

/**
 * The limiters as production has them, for a service that is to reach its limits. Each time they are taken
 * they count anew.
 */
export const productionLimits = {
  get CALLER_LIMITER() {
    return new LastingLimiter(env.PRODUCTION_CALLER_LIMITER).binding
  },
  get CALLER_NAME_LIMITER() {
    return new LastingLimiter(env.PRODUCTION_CALLER_NAME_LIMITER).binding
  },
  get ANONYMOUS_LIMITER() {
    return new LastingLimiter(env.PRODUCTION_ANONYMOUS_LIMITER).binding
  },
}

/**
 * A limiter whose minute is not over before the test is: local ones begin to count anew with each minute
 * of the clock, and are then told once more what was asked before.
 */
class LastingLimiter {
  readonly #inner: RateLimit
  /** Told from all others on the same binding. */
  readonly #own = crypto.randomUUID()
  readonly #asked: string[] = []
  #minute = 0
  /** One call after the other: the minute may end between any two. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(inner: RateLimit) {
    this.#inner = inner
  }

  /** The binding to give to the service. */
  get binding(): RateLimit {
    return {
      limit: ({ key }) => {
        const outcome = this.#last.then(() => this.#limit(`${this.#own} ${key}`))
        this.#last = outcome.catch(() => undefined)
        return outcome
      },
    }
  }

  async #limit(key: string): Promise<RateLimitOutcome> {
    for (;;) {
      const minute = minuteNow()
      if (minute !== this.#minute)
        for (const one of this.#asked) await this.#inner.limit({ key: one })
      this.#minute = minute
      const outcome = await this.#inner.limit({ key })
      if (minuteNow() !== minute) continue
      this.#asked.push(key)
      return outcome
    }
  }
}

function minuteNow(): number {
  return Math.floor(Date.now() / 60_000)
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
