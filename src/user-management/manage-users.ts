import { changesBetween } from '../history/credential-event.ts'
import { type Acting, authorOf, eventBy } from '../history/event-by.ts'
import { type ChangePasswordNeeds, changePassword } from '../login/change-password.ts'
import { countersOf } from '../login/failure-counter.ts'
import type { LoginLedger } from '../login/login-ledger.ts'
import { type SendWelcomeNeeds, sendWelcome } from '../password-resets/send-welcome.ts'
import { hashGiven } from '../passwords/given-password.ts'
import {
  checkConfirmation,
  hashNewPassword,
  type NewPasswordNeeds,
} from '../passwords/new-password.ts'
import type { Clock } from '../platform/clock.ts'
import { Problem } from '../platform/problem.ts'
import type { ModelError } from '../platform/problem-types.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region } from '../regions/region.ts'
import type { UsernameDirectory } from '../regions/username-directory.ts'
import { allowedMethods } from '../second-factors/second-factor.ts'
import type { StrategyStore } from '../sso/strategy-store.ts'
import type { Account, User } from '../users/account.ts'
import { createUser } from '../users/create-user.ts'
import { hasStayedAway, isAllowedAtAddress } from '../users/entry-rules.ts'
import { administers } from '../users/last-admin.ts'
import type { UserStore } from '../users/user-store.ts'
import { viewUser } from '../users/user-view.ts'
import type { UserLedger } from './user-ledger.ts'
import type { UserChanges } from './user-settings.ts'

export interface ManageUsersNeeds extends NewPasswordNeeds, ChangePasswordNeeds, SendWelcomeNeeds {
  clock: Clock
  nameDigestKey: CryptoKey
  directory: UsernameDirectory
  usersIn: (region: Region) => UserStore
  userLedgerIn: (region: Region) => UserLedger
  strategiesIn: (region: Region) => StrategyStore
  ledgerIn: (region: Region) => LoginLedger
}

/** The admin whose site it is of, and by which request. */
export interface UserActing extends Acting {
  live: Account
  /** Asks who acts to prove anew who it is, before another way in is made for this user; null: a new one. */
  proveAgain: (user: User | null) => Promise<void>
  language: string
}

export interface GivenPassword {
  password?: string | undefined
  confirmation?: string | undefined
  imported?: string | undefined
}

/**
 * Creates a user of the admin's site: with a password, an imported hash, or an invitation by mail; one that logs
 * in by single sign-on, or not at all, has none of them.
 * @throws {Problem} model-save-error; request-params-required
 */
export async function createSiteUser(
  needs: ManageUsersNeeds,
  acting: UserActing,
  { username, settings, given }: { username: string; settings: UserChanges; given: GivenPassword },
): Promise<User> {
  const { live, region, language } = acting
  const { site } = live
  await checkStrategy(needs, acting, settings, null)
  refuseImpossible(live, settings)
  const byPassword = (settings.authenticationMethod ?? 'password') === 'password'
  const { password, imported: imported_password_hash } = given
  if (!byPassword && (password ?? imported_password_hash) !== undefined)
    throw wrong('password', 'password-of-no-use')
  if (password !== undefined)
    checkConfirmation({ password, confirmation: given.confirmation, field: 'password' })
  const owner = { site, username, email: settings.email ?? null }
  const passwordHash = byPassword
    ? await hashGiven(needs, { password, imported_password_hash }, owner)
    : null
  if (settings.siteAdmin) await acting.proveAgain(null)
  const isManaged = settings.selfManaged ?? true
  const id = await createUser(needs, region, {
    ...withoutKeys(settings),
    ...{ siteId: site.id, username, passwordHash },
    by: authorOf(`user:${live.user.id}`, acting.request),
    passwordSetAt: passwordHash === null ? null : needs.clock(),
    requirePasswordChange:
      settings.requirePasswordChange ?? (isManaged && password !== undefined && byPassword),
  })
  const user = await needs.userLedgerIn(region).find(id, site.id)
  if (!user) throw new Problem('not-found/user-not-found')
  const isInvited = byPassword && passwordHash === null
  const greets =
    site.welcomeEmailEnabled && user.email !== null && imported_password_hash === undefined
  if (isInvited || greets) await sendWelcome(needs, { region, account: { user, site } }, language)
  return user
}

/** The columns that createUser derives itself. */
function withoutKeys({ emailKey: _, verifiedEmailKey: __, ...settings }: UserChanges): UserChanges {
  return settings
}

/** @throws {Problem} user-not-found, whether it is another site's or nobody's */
export async function findSiteUser(
  { userLedgerIn }: Pick<ManageUsersNeeds, 'userLedgerIn'>,
  { live, region }: Pick<UserActing, 'live' | 'region'>,
  id: number,
): Promise<User> {
  if (id === 0 || id === live.user.id) return live.user
  const user = await userLedgerIn(region).find(id, live.site.id)
  if (!user) throw new Problem('not-found/user-not-found')
  return user
}

/**
 * Changes a user. Disabling it, or another way to log in, ends all that it is logged in by.
 * @throws {Problem} model-save-error; user-not-found when it was deleted meanwhile
 */
export async function changeSiteUser(
  needs: ManageUsersNeeds,
  acting: UserActing,
  { user, settings, given }: { user: User; settings: UserChanges; given: GivenPassword },
): Promise<User> {
  const { live, region, request, language } = acting
  const account = { user, site: live.site }
  const isStrategyOn = await checkStrategy(needs, acting, settings, user)
  refuseImpossible(account, settings)
  const passwordHash = await newHash(needs, region, { account, given })
  const changes = differing(user, {
    ...settings,
    ...(isLetInAgain(account, settings, needs.clock()) && { enabledAt: needs.clock() }),
  })
  const after = { ...user, ...changes, ...(passwordHash !== null && { passwordHash }) }
  if (user.id === live.user.id) refuseLockingOut({ user: after, site: live.site }, request)
  if (passwordHash !== null || letsIn(changes)) await acting.proveAgain(user)
  const ledger = needs.userLedgerIn(region)
  if (Object.keys(changes).length > 0) {
    const event = eventBy(acting, { event: 'user_changed', at: needs.clock(), userId: user.id })
    const endsAll =
      changes.disabled === true ||
      changes.authenticationMethod !== undefined ||
      changes.ssoStrategyId !== undefined
    const outcome = await ledger.change(user, changes, {
      event: {
        ...event,
        changes: changesBetween(viewUser(user), viewUser(after)),
      },
      endsAll,
      administers: isStrategyOn && administers(after),
    })
    if (outcome === 'gone') throw new Problem('not-found/user-not-found')
    if (outcome === 'last-admin') throw wrong('base', 'last-admin')
  }
  const changed = (await ledger.find(user.id, live.site.id)) ?? user
  if (passwordHash !== null) {
    const isDone = await changePassword(needs, {
      ...{ region, account: { user: changed, site: live.site }, passwordHash, language, request },
      ...{ event: 'password_changed', actor: `user:${live.user.id}` },
      mustBeChanged:
        settings.requirePasswordChange ?? (changed.selfManaged && user.id !== live.user.id),
    })
    if (!isDone) throw new Problem('processing-failure/failed-to-change-password')
  }
  return (await ledger.find(user.id, live.site.id)) ?? changed
}

/** Deletes a user with all that is its own, at once. @throws {Problem} model-save-error; user-not-found */
export async function deleteSiteUser(
  needs: ManageUsersNeeds,
  acting: UserActing,
  user: User,
): Promise<void> {
  const event = eventBy(acting, { event: 'user_deleted', at: needs.clock(), userId: user.id })
  const outcome = await needs
    .userLedgerIn(acting.region)
    .remove(user, { ...event, changes: { username: [user.username, null] } })
  if (outcome === 'gone') throw new Problem('not-found/user-not-found')
  if (outcome === 'last-admin') throw wrong('base', 'last-admin')
}

/** Lets a user log in again who is locked out after failures. */
export async function unlockSiteUser(
  needs: ManageUsersNeeds,
  acting: UserActing,
  user: User,
): Promise<void> {
  const event = eventBy(acting, { event: 'user_unlocked', at: needs.clock(), userId: user.id })
  await needs.ledgerIn(acting.region).unlock(await countersOf(needs.nameDigestKey, user), event)
}

/** Greets a user by mail, again. @throws {Problem} model-save-error; too-many-requests */
export async function welcomeSiteUser(
  needs: ManageUsersNeeds,
  acting: UserActing,
  user: User,
): Promise<void> {
  const { live, region, language } = acting
  await sendWelcome(needs, { region, account: { user, site: live.site } }, language)
  const event = eventBy(acting, { event: 'welcome_sent', at: needs.clock(), userId: user.id })
  await needs.userLedgerIn(region).record(event)
}

async function newHash(
  needs: ManageUsersNeeds,
  region: Region,
  { account, given }: { account: Account; given: GivenPassword },
): Promise<string | null> {
  const { password, confirmation } = given
  if (password === undefined) return null
  const { user, site } = account
  const field = 'change_password'
  checkConfirmation({ password, confirmation, field })
  return hashNewPassword(needs, {
    ...{ password, field, owner: { ...user, site } },
    of: { region, user, mustDiffer: false },
  })
}

/** Whether somebody else could get in by a change: ASVS 7.5.1. */
function letsIn(changes: UserChanges): boolean {
  return changes.disabled === false || WAYS_IN.some((name) => name in changes)
}

const WAYS_IN = [
  ...['email', 'authenticationMethod', 'ssoStrategyId', 'siteAdmin', 'require2fa', 'selfManaged'],
] as const

/** Who has stayed away for too long is let in again by the same word as who is disabled. */
function isLetInAgain(account: Account, { disabled }: UserChanges, now: number): boolean {
  return disabled === false && (account.user.disabled || hasStayedAway(account, now))
}

/** @throws {Problem} model-save-error where a second factor is asked for that nobody may set up */
function refuseImpossible({ site }: Account, { require2fa }: UserChanges): void {
  if (require2fa === 'always_require' && allowedMethods({ site }).length === 0)
    throw wrong('require_2fa', 'second-factor-impossible')
}

/** Nobody shuts itself out by address. @throws {Problem} model-save-error */
function refuseLockingOut(account: Account, request: RequestFacts): void {
  if (!isAllowedAtAddress(account, request.address))
    throw wrong('allowed_ips', 'address-list-excludes-you')
}

/**
 * Who logs in by single sign-on does so by a strategy of this site.
 * @returns whether the strategy is on that the user needs, if it needs one
 */
async function checkStrategy(
  { strategiesIn }: ManageUsersNeeds,
  { live, region }: UserActing,
  settings: UserChanges,
  user: User | null,
): Promise<boolean> {
  const { ssoStrategyId: id = user?.ssoStrategyId } = settings
  const { authenticationMethod: method = user?.authenticationMethod } = settings
  const isAsked = settings.ssoStrategyId != null || settings.authenticationMethod !== undefined
  if (method === 'sso' && isAsked && !id) throw wrong('sso_strategy_id', 'strategy-missing')
  if (!id) return method !== 'sso'
  const strategy = await strategiesIn(region).find(id, live.site.id)
  if (!strategy && settings.ssoStrategyId) throw wrong('sso_strategy_id', 'strategy-unknown')
  return method !== 'sso' || strategy?.enabled === true
}

function differing(user: User, changes: UserChanges): UserChanges {
  return Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => user[name as keyof User] !== value),
  )
}

function wrong(field: string, error: ModelError): Problem {
  return new Problem('processing-failure/model-save-error', { modelErrors: { [field]: [error] } })
}
