import type { Requester } from '../access/actor.ts'
import { authorOf } from '../audit/event-by.ts'
import type { Ctx } from '../context.ts'
import { notSaved, Problem } from '../http/problem.ts'
import { accepts } from '../login/policy.ts'
import { hashGiven } from '../passwords/given-password.ts'
import { checkConfirmation } from '../passwords/new-password.ts'
import type { User } from './account.ts'
import { checkSettings } from './check-settings.ts'
import { createUser } from './create-user.ts'
import type { GivenPassword } from './manage-users.ts'
import { sendWelcome, withinWelcomeBudget } from './send-welcome.ts'
import type { UserChanges } from './user-settings.ts'

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
