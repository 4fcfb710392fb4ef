import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { UserCaller } from '../sessions/access.ts'
import { seesSite } from './account.ts'

/**
 * The user whose keys, sessions or identities are listed: the caller, or for an admin any user of the site.
 * @param id 0 or undefined for the caller
 * @throws {Problem} user-id-without-site-admin; user-not-found, also for users of another site
 */
export async function listedUserId(
  ctx: Ctx,
  { live: { user, site }, region }: Pick<UserCaller, 'live' | 'region'>,
  id: number | undefined,
): Promise<number> {
  if (!id || id === user.id) return user.id
  if (!seesSite(user)) throw new Problem('not-authorized/user-id-without-site-admin')
  await ctx.in(region).users.expectOf(site.id, id)
  return id
}
