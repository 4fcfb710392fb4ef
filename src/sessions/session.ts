import { areOfOneNetwork } from '../http/ip-address.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { accepts, type Client, passwordIsDue, whyUseDenied } from '../login/policy.ts'
import type { HostScope, Site } from '../sites/site.ts'
import { HOUR, MINUTE } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import { hasSecondFactor, mustHaveSecondFactor } from '../two-factor/second-factor.ts'
import type { Account } from '../users/account.ts'
import { SESSION_LIFETIME_MS } from './session-lifetime.ts'
import type { formerSessions, sessions } from './tables.ts'

/** A row of either table. */
export type SessionRow = typeof formerSessions.$inferSelect & Partial<NewSession>

export type NewSession = typeof sessions.$inferSelect

/** An active session with its user and site. */
export interface LiveSession extends Account {
  session: SessionRow
}

/** The last use of a session is written at most this often. */
export const TOUCH_INTERVAL_MS = 5 * MINUTE

/** When a session that is used now times out. */
export function timeoutAfterUse(now: number, endsAt: number, expiryHours: number): number {
  return Math.min(endsAt, now + expiryHours * HOUR)
}

/** When a session times out: according to its row, or earlier if the site has shortened its session timeout since. */
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

/** The reason for refusing a session that may be stolen. */
export const OF_ANOTHER_NETWORK = 'session of another network'

interface Use {
  now: number
  epoch: number
  scope: HostScope
  client: Client
  /** The region where the session's user lives. */
  home: Region
}

/** Returns why a session that was found must be refused; null if it is active. */
export function whyRefused(live: LiveSession, use: Use): string | null {
  const { scope, client, home, now: at } = use
  const request = {
    scope,
    client,
    home,
    at,
    by: 'session',
    usedAt: live.session.lastUsedAt,
  } as const
  return whyUseDenied(live, request, whyOver(live, use))
}

/** Returns why the session itself must be refused, whatever the policy says about its user. */
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

/** What a session is limited to. */
export type SessionLimit = 'password-change' | 'two-factor-setup'

/**
 * Returns what the user must do before the session can be used for anything else, in order. This is the only place
 * that decides it: admission, tokens, introspection and pages ask it. A partial session is no session, so none of
 * them accepts it.
 * @param now milliseconds since the Unix epoch
 */
export function limitsOf(live: LiveSession, now: number): SessionLimit[] {
  const limits: [isDue: boolean, SessionLimit][] = [
    [passwordChangeIsDue(live, now), 'password-change'],
    [twoFactorSetupIsDue(live, now), 'two-factor-setup'],
  ]
  return limits.filter(([isDue]) => isDue).map(([, limit]) => limit)
}

/** Whether a session can be used only to lift its limit. */
export function isLimited(live: LiveSession, now: number): boolean {
  return limitsOf(live, now).length > 0
}

/** A password change is due at the user's next login. */
function passwordChangeIsDue(live: LiveSession, now: number): boolean {
  const hasPassword = accepts(live.user, 'password') && live.user.passwordHash !== null
  return hasPassword && passwordIsDue(live, now)
}

/** A second factor that was used elsewhere, such as at an identity provider, counts. */
function twoFactorSetupIsDue(live: LiveSession, now: number): boolean {
  const gaveOne = hasSecondFactor(live.user) || live.session.secondFactorAt > 0
  return !gaveOne && mustHaveSecondFactor(live, now)
}

export interface LoggedIn {
  live: LiveSession
  region: Region
  /** The credential in full. It is returned only once. */
  sessionString: string
}

/** Returns the row of a session that starts now, in milliseconds. */
export function newSession(
  { user, site }: Account,
  now: number,
  {
    request,
    parent,
    ...identity
  }: {
    id: number
    digest: string
    credentialVersion: number
    secondFactorAt: number
    epoch: number
    request: RequestFacts
    /** When the user authenticated. */
    authenticatedAt: number
    /** The session that it ends with; null if there is none. */
    parent: SessionRow | null
  },
): NewSession {
  const { address, placeName: place, userAgent } = request
  const endsAt = parent?.endsAt ?? now + SESSION_LIFETIME_MS
  return {
    ...identity,
    siteId: site.id,
    userId: user.id,
    createdAt: now,
    lastUsedAt: now,
    timeoutAt: timeoutAfterUse(now, endsAt, site.sessionExpiry),
    endsAt,
    parentId: parent?.id ?? null,
    formerId: null,
    address,
    place,
    userAgent,
  }
}
