import type { LocalizedRequester } from '../access/actor.ts'
import { type Author, authorOf } from '../audit/event-by.ts'
import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { Region } from '../storage/region.ts'
import type { Account, User } from '../users/account.ts'
import { prepareNews } from './prepare-news.ts'

/**
 * Removes all 2FA methods of a user who has lost them. For admins of the site.
 * @throws {Problem} insufficient-permission-for-params for oneself; and what `authorize` throws
 */
export async function resetFactorsOf(
  ctx: Ctx,
  acting: LocalizedRequester,
  user: User,
): Promise<void> {
  const { live, region, request, language } = acting
  // Admins remove their own methods one by one, with a code, so that a stolen session cannot.
  if (user.id === live.user.id)
    throw new Problem('not-authorized/insufficient-permission-for-params', {
      values: { name: 'id' },
    })
  const authority = await acting.authorize({ what: 'second-factors-reset', user })
  const author = authorOf(`user:${live.user.id}`, authority, request)
  await resetFactors(ctx, { account: { user, site: live.site }, region, language, author })
}

/** Removes all 2FA methods of a user who has lost them. */
export async function resetFactors(
  ctx: Ctx,
  input: { account: Account; region: Region; language: string; author: Author },
): Promise<void> {
  const { account, region, author } = input
  const news = await prepareNews(ctx, input, {
    event: 'second_factors_reset',
    news: 'secondFactorsReset',
    named: '',
    author,
  })
  const { id } = account.user
  const forgotten = ctx.in(region).sessions.forgetSecondFactor(id)
  await ctx.in(region).secondFactors.removeAll(id, news, forgotten)
  if (news.notice) ctx.workAfterReply([news.notice])
}
