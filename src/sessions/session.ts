import { areOfOneNetwork } from '../http/ip-address.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { accepts, type Client, passwordIsDue, whyUseDenied } from '../login/policy.ts'
import type { HostScope, Site } from '../sites/site.ts'
import { HOUR, MINUTE } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import { hasSecondFactor, mustHaveSecondFactor } from '../two-factor/second-factor.ts'
import type { Account } from '../users/account.ts'
import type { formerSessions, sessions } from './tables.ts'

/** Of either table. */
export type SessionRow = typeof formerSessions.$inferSelect & Partial<NewSession>

/** As sessions begin now. */
export type NewSession = typeof sessions.$inferSelect

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

/** Why one is refused that somebody may have stolen. */
export const OF_ANOTHER_NETWORK = 'session of another network'

interface Use {
  now: number
  epoch: number
  scope: HostScope
  client: Client
  /** Where the session's user lives. */
  home: Region
}

/** Why a session found in storage must be refused now; null when it is active. */
export function whyRefused(live: LiveSession, use: Use): string | null {
  const { scope, client, home, now: at } = use
  const asked = { scope, client, home, at, by: 'session', usedAt: live.session.lastUsedAt } as const
  return whyUseDenied(live, asked, whyOver(live, use))
}

/** Why a session itself must be refused, whatever the policy says of its user. */
export function whyOver(
  live: LiveSession,
  { now, epoch, client }: Pick<Use, 'now' | 'epoch' | 'client'>,
): string | null {
  if (live.session.epoch !== epoch) return 'session of another epoch'
  if (live.session.credentialVersion !== live.user.credentialVersion) return 'credentials changed'
  if (sessionTimeout(live) <= now) return 'session timed out'
  return live.site.sessionPinnedByIp && !areOfOneNetwork(live.session.address, client.address)
    ? OF_ANOTHER_NETWORK
    : null
}

/** What a session is limited to until it is done. */
export type SessionLimit = 'password-change' | 'two-factor-setup'

/**
 * What the user must do before the session is good for anything else, in the order in which it is done. This
 * is the only place that says so: admission, tokens, introspection and pages all ask it. A partial session
 * is no session, so none of them takes it.
 * @param now milliseconds since the Unix epoch
 */
export function limitsOf(live: LiveSession, now: number): SessionLimit[] {
  const limits: [isDue: boolean, SessionLimit][] = [
    [passwordChangeIsDue(live, now), 'password-change'],
    [twoFactorSetupIsDue(live, now), 'two-factor-setup'],
  ]
  return limits.filter(([isDue]) => isDue).map(([, limit]) => limit)
}

/** Whether a session is good only for ending what limits it. */
export function isLimited(live: LiveSession, now: number): boolean {
  return limitsOf(live, now).length > 0
}

/** Users change a password that is due at their next login. */
function passwordChangeIsDue(live: LiveSession, now: number): boolean {
  const hasPassword = accepts(live.user, 'password') && live.user.passwordHash !== null
  return hasPassword && passwordIsDue(live, now)
}

/** A second factor that was given elsewhere, such as at an identity provider, counts. */
function twoFactorSetupIsDue(live: LiveSession, now: number): boolean {
  const gaveOne = hasSecondFactor(live.user) || live.session.secondFactorAt > 0
  return !gaveOne && mustHaveSecondFactor(live, now)
}
