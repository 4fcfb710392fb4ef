import { mustChangePassword } from '../passwords/password-age.ts'
import { HOUR, MINUTE } from '../platform/clock.ts'
import { areOfOneNetwork } from '../platform/ip-address.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import { hasSecondFactor, mustHaveSecondFactor } from '../second-factors/second-factor.ts'
import { type HostScope, inScope, type Site } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { type Comer, hasStayedAway, whyKeptOut } from '../users/entry-rules.ts'
import type { sessions } from './tables.ts'

export type SessionRow = typeof sessions.$inferSelect

/** A session that was found alive, with whose it is. */
export interface LiveSession extends Account {
  session: SessionRow
}

/** Where and by what a session begins: what its row keeps of the request. */
export function originOf({ address, placeName, userAgent }: RequestFacts) {
  return { address, place: placeName, userAgent }
}

/** How often the last use of a session is written at most. */
export const TOUCH_INTERVAL_MS = 5 * MINUTE

/** When a session that is used now ends unless used again. */
export function timeoutAfterUse(now: number, endsAt: number, expiryHours: number): number {
  return Math.min(endsAt, now + expiryHours * HOUR)
}

/**
 * When a session ends unless used before: what its row says, or earlier where the site's expiry has
 * been shortened since.
 */
export function sessionTimeout({
  session,
  site,
}: {
  session: SessionRow
  site: Pick<Site, 'sessionExpiry'>
}): number {
  return Math.min(
    session.timeoutAt,
    timeoutAfterUse(session.lastUsedAt, session.endsAt, site.sessionExpiry),
  )
}

/** What was proved in this time is not asked for again. */
export const FRESH_FOR_MS = 10 * MINUTE

/** Why one is refused that somebody may have stolen. */
export const OF_ANOTHER_NETWORK = 'session of another network'

/** Why a session found in storage must be refused now, or null when it lives. */
export function whyRefused(
  live: LiveSession,
  asked: { now: number; epoch: number; scope: HostScope; comer: Comer },
): string | null {
  if (live.session.epoch !== asked.epoch) return 'session of another epoch'
  if (live.session.credentialVersion !== live.user.credentialVersion) return 'credentials changed'
  const keptOut = whyKeptOut(live, asked.comer, asked.now)
  if (keptOut) return `user kept out: ${keptOut}`
  if (hasStayedAway(live, asked.now, live.session.lastUsedAt)) return 'user has stayed away'
  if (live.site.sessionPinnedByIp && !areOfOneNetwork(live.session.address, asked.comer.address))
    return OF_ANOTHER_NETWORK
  if (sessionTimeout(live) <= asked.now) return 'session timed out'
  if (!inScope(asked.scope, live.site)) return 'session of another site'
  return null
}

/**
 * Whether the user must choose another password before anything else: it does so at a log in.
 * @param now milliseconds since the Unix epoch
 */
export function passwordChangeNeeded(live: LiveSession, now: number): boolean {
  const { authenticationMethod, passwordHash } = live.user
  const hasPassword = authenticationMethod === 'password' && passwordHash !== null
  return hasPassword && mustChangePassword(live, now)
}

/**
 * Whether the user must add a second factor before anything else: it has none, and gave none elsewhere, such
 * as at an identity provider.
 * @param now milliseconds since the Unix epoch
 */
export function twoFactorSetupNeeded(live: LiveSession, now: number): boolean {
  const gaveOne = hasSecondFactor(live.user) || live.session.secondFactorAt > 0
  return !gaveOne && mustHaveSecondFactor(live, now)
}
