import type { Requester } from '../access/actor.ts'
import { changesBetween } from '../audit/credential-event.ts'
import { eventBy } from '../audit/event-by.ts'
import type { Ctx } from '../context.ts'
import { notSaved, Problem } from '../http/problem.ts'
import { countersOf } from '../login/failure-counter.ts'
import type { User } from './account.ts'
import { sendWelcome } from './send-welcome.ts'
import { settingsOf } from './user-view.ts'

export interface GivenPassword {
  password?: string | undefined
  confirmation?: string | undefined
  imported?: string | undefined
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
