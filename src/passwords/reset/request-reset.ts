import type { Ctx } from '../../context.ts'
import { Problem } from '../../http/problem.ts'
import { formerName, nameKeys } from '../../users/username.ts'

/**
 * Accepts a reset request. For known and unknown users alike it stores one sealed task, which is worked on after the
 * reply.
 * @param language for users and sites without a language of their own
 * @throws {Problem} no-account-for-site; contact-admin-for-password-change-help, decided by the host's site alone
 */
export async function requestReset(
  ctx: Ctx,
  { by, name, language }: { by: 'username' | 'email' | 'either'; name: string; language: string },
): Promise<void> {
  const key = formerName(name)
  const home = await ctx.siteHosts.homeOf(ctx.scope)
  if (ctx.scope.kind !== 'any' && !home) throw new Problem('site-configuration/no-account-for-site')
  const region = home?.region ?? (await ctx.directory.regionOf(nameKeys(key), 'nearest'))
  const siteId = home?.siteId ?? null
  const outbox = ctx.in(region).outbox
  const task = await outbox.prepare('reset-request', { by, key, siteId, language }, ctx.clock())
  if (!(await ctx.in(region).resets.takeIn(task, siteId)))
    throw new Problem('not-authorized/contact-admin-for-password-change-help')
  ctx.workAfterReply([{ outbox, task }])
}
