import { type AnyColumn, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { LoginOutcome } from '../audit/login-outcome.ts'
import { isAllowedAddress } from '../http/ip-address.ts'
import { type HostScope, hasMultipleRegions, inScope } from '../sites/site.ts'
import { DAY } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import { allowedMethods } from '../two-factor/second-factor.ts'
import type { Account, User } from '../users/account.ts'
import { users } from '../users/tables.ts'

/**
 * What identifies a user: the proof of a login method (`identity-provider` is single sign-on, `second-factor` a code
 * or security key), or the session or API key that they use later.
 */
export type CredentialKind =
  | 'password'
  | 'passkey'
  | 'second-factor'
  | 'identity-provider'
  | 'login-token'
  | 'session'
  | 'api-key'

/** What the policy asks about the client of a request. */
export interface Client {
  /** The address that the platform states, or the service that speaks for the client; null if nobody states one. */
  address: string | null
  /** The service that speaks for the client; null if the client speaks for itself. */
  service: string | null
}

export interface AccessRequest {
  /** The sites that the request's host serves. */
  scope: HostScope
  client: Client
  /** Where the account lives. */
  home: Region
  /** Milliseconds since the Unix epoch. */
  at: number
  by: CredentialKind
  /** Whether the proof is right. It is always verified first, so that every account costs equal work. */
  isProved: boolean
  /** The reason for the login history if the proof is wrong, if it is not the usual one. */
  mismatch?: Denial | undefined
  /** When a session or API key was last used, in milliseconds since the Unix epoch; null at a login. */
  usedAt: number | null
  /** Whether a new password was sent with the login. */
  hasNewPassword: boolean
}

/** Why access is denied, in the words of the login history. The history calls inactive users disabled. */
export type Denial = Exclude<LoginOutcome, 'none'> | 'inactive'

/**
 * The policy: returns why an account is denied access, or null if it is allowed. Every login, every reauthentication
 * and every later use of a session or API key asks it, and nothing else knows these rules.
 * @param account null if nobody has the name
 */
export function whyDenied(account: Account | null, request: AccessRequest): Denial | null {
  if (!account) return 'username_not_found'
  const { user, site } = account
  const { scope, client, home, at, by } = request
  if (!inScope(scope, site)) return 'site_mismatch'
  if (!request.isProved || !accepts(user, by) || isOff(by, account))
    return request.mismatch ?? mismatches[by]
  if (user.disabled) return 'disabled'
  if (hasExpired(user, at)) return 'expired_access'
  if (!isAllowedAtAddress(account, client.address)) return 'ip_mismatch'
  if (!user.restapiPermission && client.service === null) return 'no_restapi_permission'
  if (isInactive(account, at, request.usedAt)) return 'inactive'
  if (!isServedAt(account, { scope, home })) return 'region_mismatch'
  if (by !== 'password' || passwordIsDue(account, at) === request.hasNewPassword) return null
  return request.hasNewPassword ? 'password_change_not_required' : 'password_change_required'
}

/**
 * Returns why a later use of a session or API key is denied. Only a valid one is sent to the region where its user
 * lives.
 * @param invalid what is wrong with the session or key itself; null if it is valid
 */
export function whyUseDenied(
  account: Account,
  use: Omit<AccessRequest, 'isProved' | 'hasNewPassword'>,
  invalid: string | null,
): string | null {
  const denial = whyDenied(account, { ...use, isProved: true, hasNewPassword: false })
  return denial === null || denial === 'region_mismatch' ? (invalid ?? denial) : denial
}

/** Returns the outcome for the login history. */
export function outcomeOf(denial: Denial | null): LoginOutcome {
  return denial === 'inactive' ? 'disabled' : (denial ?? 'none')
}

/** The outcome of a proof that is wrong, or that the account does not accept. */
export const mismatches: Record<CredentialKind, Exclude<LoginOutcome, 'none'>> = {
  password: 'password_mismatch',
  passkey: 'key_mismatch',
  'second-factor': 'one_time_password_mismatch',
  'identity-provider': 'key_mismatch',
  'login-token': 'key_mismatch',
  session: 'key_mismatch',
  'api-key': 'key_mismatch',
}

type AuthenticationMethod = User['authenticationMethod']

/**
 * The only place that says which proofs an account accepts: at login, reauthentication, reset, password change
 * and 2FA setup. A method that is off proves nothing anywhere (ASVS 6.3.4). Another method revokes the sessions
 * that the former one began, and API keys are independent of it.
 */
const proofsOf: Record<AuthenticationMethod, readonly CredentialKind[]> = {
  password: [
    'password',
    'passkey',
    'second-factor',
    'identity-provider',
    'login-token',
    'session',
    'api-key',
  ],
  sso: ['identity-provider', 'second-factor', 'login-token', 'session', 'api-key'],
  none: ['session', 'api-key'],
}

export function accepts(
  { authenticationMethod }: Pick<User, 'authenticationMethod'>,
  by: CredentialKind,
): boolean {
  return proofsOf[authenticationMethod].includes(by)
}

/** A row of `users`, under its own name or an alias. */
type UserRow = Record<
  'authenticationMethod' | 'disabled' | 'restapiPermission' | 'authenticateUntil',
  AnyColumn
>

/** The same of a row of `users`, for a statement. */
export function rowAccepts(by: CredentialKind, row: UserRow = users): SQL {
  const methods = (Object.keys(proofsOf) as AuthenticationMethod[]).filter((method) =>
    accepts({ authenticationMethod: method }, by),
  )
  return inArray(row.authenticationMethod, methods)
}

/** Whether the user of a row can log in at an identity provider only. */
export function rowNeedsProvider(row: UserRow = users): SQL {
  return sql`(${rowAccepts('identity-provider', row)} AND NOT ${rowAccepts('password', row)})`
}

/** Whether a user is enabled and accepts a proof. Whatever else the policy asks about depends on the request. */
export function mayUse(
  user: Pick<User, 'authenticationMethod' | 'disabled'>,
  by: CredentialKind,
): boolean {
  return !user.disabled && accepts(user, by)
}

/** The same of a row of `users`, for a statement. */
export function rowMayUse(by: CredentialKind): SQL {
  return sql`(${eq(users.disabled, false)} AND ${rowAccepts(by)})`
}

/** Whether an account keeps its access, by any client, until somebody changes it. */
export function isLasting(user: User): boolean {
  return !user.disabled && user.restapiPermission && user.authenticateUntil === null
}

/** The same of a row of `users`, for a statement. */
export function rowIsLasting(row: UserRow): SQL {
  return sql`NOT ${row.disabled} AND ${row.restapiPermission} AND ${row.authenticateUntil} IS NULL`
}

/** Whether a user is disabled, by an admin or for inactivity. */
export function isDisabled(account: Account, at: number): boolean {
  return account.user.disabled || isInactive(account, at, null)
}

/** Whether the time is over until which a user has access. */
export function hasExpired({ authenticateUntil: until }: User, at: number): boolean {
  return until !== null && until <= at
}

/** Passkeys are security keys: a site that allows none allows no passkeys either. */
function isOff(by: CredentialKind, account: Account): boolean {
  return by === 'passkey' && !allowedMethods(account).includes('webauthn')
}

/** Whether the user's list of IP addresses, and the site's unless the user bypasses it, allow an address. */
export function isAllowedAtAddress({ user, site }: Account, address: string | null): boolean {
  const lists = [user.allowedIps, user.bypassSiteAllowedIps ? '' : site.allowedIps]
  return lists.every((list) => isAllowedAddress(list, address))
}

/**
 * Whether a user has been inactive for longer than the site allows: they are denied until an admin enables them.
 * Admins are exempt: nobody could enable the last one again.
 * @param usedAt when their session or API key was last used; null at a login
 */
export function isInactive({ user, site }: Account, at: number, usedAt: number | null): boolean {
  const days = site.disableUsersFromInactivityPeriodDays
  const seen = [user.createdAt, user.lastLoginAt, user.enabledAt, usedAt]
  const seenAt = Math.max(...seen.filter((time) => time !== null))
  return days > 0 && !user.siteAdmin && seenAt + days * DAY <= at
}

/** Whether the host serves the site. A site that keeps to its region is not served by the host of another region. */
function isServedAt(
  { site }: Account,
  { scope, home }: Pick<AccessRequest, 'scope' | 'home'>,
): boolean {
  if (scope.kind !== 'any' || scope.region === null || scope.region.name === home.name) return true
  return hasMultipleRegions(site)
}

/**
 * Whether the user must change their password first: somebody else set it, or it is older than the rules of the user
 * or site allow. Shared accounts are exempt, because they cannot change their own password.
 * @param at milliseconds since the Unix epoch
 */
export function passwordIsDue(account: Account, at: number): boolean {
  const { user } = account
  return (
    user.selfManaged && (user.requirePasswordChange || (passwordExpiresAt(account) ?? at + 1) <= at)
  )
}

/** When a password expires, in milliseconds since the Unix epoch; null if it never does. */
export function passwordExpiresAt({ user, site }: Account): number | null {
  const validityDays = user.passwordValidityDays ?? site.passwordValidityDays
  if (validityDays === 0 || !user.selfManaged) return null
  return (user.passwordSetAt ?? user.createdAt) + validityDays * DAY
}
