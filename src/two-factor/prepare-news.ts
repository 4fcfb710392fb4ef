import type { LocalizedRequester } from '../access/actor.ts'
import type { Authority } from '../audit/authority.ts'
import type { CredentialEvent } from '../audit/credential-event.ts'
import { type Author, authorOf } from '../audit/event-by.ts'
import type { Ctx } from '../context.ts'
import { type CredentialNews, credentialMail } from '../notifications/notice-mails.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import type { FactorNews } from './factor-news.ts'

/** The record and notice of a change that users make to their own 2FA methods. */
export function newsBy(
  ctx: Ctx,
  { live, region, request, language }: LocalizedRequester,
  { authority, ...input }: Omit<NewsInput, 'author'> & { authority: Authority },
): Promise<FactorNews> {
  const author = authorOf(`user:${live.user.id}`, authority, request)
  return prepareNews(ctx, { account: live, region, language }, { ...input, author })
}

interface NewsInput {
  event: CredentialEvent['event']
  news: CredentialNews
  named: string
  author: Author
}

/** The record and notice of a change of a user's 2FA methods. */
export async function prepareNews(
  ctx: Ctx,
  { account, region, language }: { account: Account; region: Region; language: string },
  { event, news, named, author }: NewsInput,
): Promise<FactorNews> {
  const at = ctx.clock()
  const { user, site } = account
  const outbox = ctx.in(region).outbox
  const mail = credentialMail(
    account,
    { news, named, at, globalOrigin: ctx.globalOrigin },
    language,
  )
  return {
    event: { id: newId(region.code), siteId: site.id, userId: user.id, event, at, ...author },
    notice: mail && { outbox, task: await outbox.prepare('mail', mail, at) },
  }
}
