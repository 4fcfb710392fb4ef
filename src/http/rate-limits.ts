import type { ProblemType } from './problem.ts'

/** The rate limiting bindings. wrangler.toml has their limits per minute. */
export const limiters = ['CALLER_LIMITER', 'CALLER_NAME_LIMITER', 'ANONYMOUS_LIMITER'] as const

export type Limiter = (typeof limiters)[number]

interface RateLimitPolicy {
  /** Counts a client's calls of the routes with this limit. */
  caller: Limiter
  /** Also counts a client's calls about one name. */
  callerAndName?: Limiter
  problem: ProblemType
}

/** The limits that a route can state. docs/anti-automation.md explains them. */
export type RateLimitName = 'log-in' | 'password-reset' | 'pairing' | 'anonymous' | 'cross-origin'

const byName = { caller: 'CALLER_LIMITER', callerAndName: 'CALLER_NAME_LIMITER' } as const

export const rateLimits: Record<RateLimitName, RateLimitPolicy> = {
  'log-in': { ...byName, problem: 'rate-limited/too-many-login-attempts' },
  'password-reset': { ...byName, problem: 'rate-limited/too-many-requests' },
  pairing: { caller: 'ANONYMOUS_LIMITER', problem: 'rate-limited/too-many-requests' },
  anonymous: { caller: 'ANONYMOUS_LIMITER', problem: 'rate-limited/too-many-requests' },
  'cross-origin': { caller: 'ANONYMOUS_LIMITER', problem: 'rate-limited/too-many-requests' },
}
