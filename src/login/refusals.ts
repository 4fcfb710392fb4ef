import type { LoginOutcome } from '../audit/login-outcome.ts'
import { Problem } from '../http/problem.ts'
import type { ProblemType } from '../http/problem-types.ts'
import { SECOND } from '../storage/clock.ts'
import { type Region, regionalHost } from '../storage/region.ts'

const problemTypeOf: Partial<Record<LoginOutcome, ProblemType>> = {
  one_time_password_mismatch: 'not-authenticated/one-time-password-incorrect',
  password_change_required: 'not-authorized/password-change-required',
  password_change_not_required: 'not-authorized/password-change-not-required',
}

/**
 * Returns the problem that the client gets for a refused login. It is the same for every cause that reveals something
 * about a user.
 * @param home the region of the account; null if there is none
 */
export function refusalOf(outcome: LoginOutcome, home: Region | null, globalOrigin: URL): Problem {
  if (home && outcome === 'region_mismatch') return regionMismatch(home, globalOrigin)
  const type = problemTypeOf[outcome] ?? 'not-authenticated/invalid-username-or-password'
  return new Problem(type, { reason: outcome })
}

/** Sends a client whose user is known to the host of the home region. */
export function regionMismatch(home: Region, globalOrigin: URL): Problem {
  const host = regionalHost(home, globalOrigin)
  return new Problem('not-authenticated/lockout-region-mismatch', {
    values: { host },
    data: { host },
    headers: { 'X-Files-Host': host },
  })
}

/** @param lockedUntil and `at` in milliseconds since the Unix epoch */
export function lockedOut(lockedUntil: number, at: number): Problem {
  const until = new Date(lockedUntil).toISOString()
  return new Problem('not-authenticated/locked-out', {
    values: { until },
    data: { lockout_expires: until },
    headers: retryAfter(lockedUntil, at),
  })
}

export function retryAfter(lockedUntil: number, at: number): Record<string, string> {
  return { 'Retry-After': String(Math.ceil((lockedUntil - at) / SECOND)) }
}
