import type { Requester } from '../access/actor.ts'
import { authorOf, changesBetween, eventBy } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { notSaved, Problem } from '../http/problem.ts'
import { countersOf } from '../login/failure-counter.ts'
import { accepts } from '../login/policy.ts'
import { checkConfirmation, hashGiven } from '../passwords/new-password.ts'
import { hostNamesOf } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import { allowedMethods } from '../two-factor/second-factor.ts'
import type { User } from './account.ts'
import { createUser } from './create-user.ts'
import { sendWelcome, withinWelcomeBudget } from './send-welcome.ts'
import type { UserChanges } from './user-settings.ts'
import { settingsOf } from './user-view.ts'

export interface GivenPassword {
  password?: string | undefined
  confirmation?: string | undefined
  imported?: string | undefined
}

/**
 * Creates a user of the admin's site, with a password, an imported hash, or an invitation by email. Users who log in
 * by single sign-on, or not at all, need none of them.
 * @throws {Problem} model-save-error; request-params-required; too-many-requests if the site has reached its daily
 *   limit of emails to unverified addresses
 */
export async function createSiteUser(
  ctx: Ctx,
  actor: Requester,
  { username, settings, given }: { username: string; settings: UserChanges; given: GivenPassword },
): Promise<User> {
  const { live, region, language, request } = actor
  const { site } = live
  const { email = null } = settings
  await checkSettings(ctx, actor, { settings, user: null })
  const { password, imported } = given
  const passwordHash = await hashOf(ctx, { site, username, email }, { settings, given })
  const isInvited = logsInByPassword(settings) && passwordHash === null
  const isGreeted =
    isInvited || (site.welcomeEmailEnabled && email !== null && imported === undefined)
  const authority = await actor.authorize({ what: 'user-created', settings })
  const create = () =>
    createUser(ctx, region, {
      ...withoutKeys(settings),
      siteId: site.id,
      username,
      passwordHash,
      by: authorOf(`user:${live.user.id}`, authority, request),
      passwordSetAt: passwordHash === null ? null : ctx.clock(),
    })
  const id = isGreeted
    ? await withinWelcomeBudget(ctx, region, { siteId: site.id, email }, create)
    : await create()
  const user = await ctx.in(region).userChanges.find(id, site.id)
  if (!user) throw new Problem('not-found/user-not-found')
  if (isGreeted)
    await sendWelcome(
      ctx,
      { region, account: { user, site } },
      { language, budget: 'none', passwordGiven: password !== undefined },
    )
  return user
}

/** @throws {Problem} model-save-error, also for a password that the user could not use */
async function hashOf(
  ctx: Ctx,
  owner: Parameters<typeof hashGiven>[2],
  { settings, given }: { settings: UserChanges; given: GivenPassword },
): Promise<string | null> {
  const { password, confirmation, imported: imported_password_hash } = given
  if (!logsInByPassword(settings)) {
    if (password === undefined && imported_password_hash === undefined) return null
    throw notSaved({ password: ['password-of-no-use'] })
  }
  if (password !== undefined) checkConfirmation({ password, confirmation, field: 'password' })
  return hashGiven(ctx, { password, imported_password_hash }, owner)
}

function logsInByPassword({ authenticationMethod = 'password' }: UserChanges): boolean {
  return accepts({ authenticationMethod }, 'password')
}

/** The columns that createUser derives itself. */
function withoutKeys({ emailKey: _, verifiedEmailKey: __, ...settings }: UserChanges): UserChanges {
  return settings
}

/** @throws {Problem} user-not-found, also for users of another site */
export async function findSiteUser(
  ctx: Ctx,
  { live, region }: Pick<Requester, 'live' | 'region'>,
  id: number,
): Promise<User> {
  if (id === 0 || id === live.user.id) return live.user
  const user = await ctx.in(region).userChanges.find(id, live.site.id)
  if (!user) throw new Problem('not-found/user-not-found')
  return user
}

/** Deletes a user and everything that belongs to them. @throws {Problem} model-save-error; user-not-found */
export async function deleteSiteUser(ctx: Ctx, actor: Requester, user: User): Promise<void> {
  const authority = await actor.authorize({ what: 'user-deleted', user })
  const about = { authority, at: ctx.clock(), userId: user.id }
  const event = eventBy(actor, { event: 'user_deleted', ...about })
  const outcome = await ctx
    .in(actor.region)
    .userChanges.remove(user, { ...event, changes: changesBetween(settingsOf(user), nobody) })
  if (outcome === 'gone') throw new Problem('not-found/user-not-found')
  if (outcome === 'last-admin') throw notSaved({ base: ['last-admin'] })
}

/** What the audit log keeps of a deleted user. */
const nobody = { username: null, email: null, site_admin: null, sso_strategy_id: null }

export async function unlockSiteUser(ctx: Ctx, actor: Requester, user: User): Promise<void> {
  const authority = await actor.authorize({ what: 'user-unlocked', user })
  const about = { authority, at: ctx.clock(), userId: user.id }
  const event = eventBy(actor, { event: 'user_unlocked', ...about })
  await ctx.in(actor.region).refusals.unlock(await countersOf(ctx.nameDigestKey, user), event)
}

/** Sends a user the welcome email again. @throws {Problem} model-save-error; too-many-requests */
export async function welcomeSiteUser(ctx: Ctx, actor: Requester, user: User): Promise<void> {
  const { live, region, language } = actor
  const authority = await actor.authorize({ what: 'user-invited', user })
  const account = { user, site: live.site }
  await sendWelcome(ctx, { region, account }, { language, budget: 'site' })
  const about = { authority, at: ctx.clock(), userId: user.id }
  const event = eventBy(actor, { event: 'welcome_sent', ...about })
  await ctx.in(region).userChanges.record(event)
}

/**
 * Checks that users log in by a strategy of their own site, and that 2FA is not required of users who cannot set it
 * up.
 * @param user the present state; null for a new user
 * @returns whether the strategy that the user needs, if any, is enabled
 * @throws {Problem} model-save-error
 */
export async function checkSettings(
  ctx: Ctx,
  { live: { site }, region }: Requester,
  { settings, user }: { settings: UserChanges; user: User | null },
): Promise<boolean> {
  if (settings.require2fa === 'always_require' && allowedMethods({ site }).length === 0)
    throw notSaved({ require_2fa: ['second-factor-impossible'] })
  const { ssoStrategyId: id = user?.ssoStrategyId } = settings
  const { authenticationMethod: method = user?.authenticationMethod } = settings
  const needsStrategy =
    settings.ssoStrategyId != null || settings.authenticationMethod !== undefined
  if (method === 'sso' && needsStrategy && !id)
    throw notSaved({ sso_strategy_id: ['strategy-missing'] })
  if (!id) return method !== 'sso'
  const strategy = await ctx.in(region).strategies.find(id, site.id)
  if (!strategy && settings.ssoStrategyId) throw notSaved({ sso_strategy_id: ['strategy-unknown'] })
  const receives = strategy?.enabled && hostNamesOf(site).includes(strategy.originName)
  return method !== 'sso' || receives === true
}

/**
 * Returns until when users are locked out, in milliseconds since the Unix epoch, by user id. Users who are not locked
 * out are left out. The latest lockout counts, because each is for one host or one known address.
 */
export async function lockedUntil(
  ctx: Ctx,
  region: Region,
  users: User[],
): Promise<Map<number, number>> {
  const counted = await Promise.all(
    users.map(async (user) => [user.id, await countersOf(ctx.nameDigestKey, user)] as const),
  )
  const counters = counted.flatMap(([, ofUser]) => ofUser)
  const locks = await ctx.in(region).refusals.locksOf(counters, ctx.clock())
  const ends = counted.map(
    ([id, ofUser]) =>
      [id, Math.max(0, ...ofUser.map(({ stranger }) => locks.get(stranger) ?? 0))] as const,
  )
  return new Map(ends.filter(([, end]) => end > 0))
}
