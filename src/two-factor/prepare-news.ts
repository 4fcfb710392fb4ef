import type { ActorOf } from '../access/actor.ts'
import type { Authority } from '../audit/authority.ts'
import type { CredentialEvent } from '../audit/credential-event.ts'
import { type Author, authorOf } from '../audit/event-by.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { type CredentialNews, credentialMail } from '../notifications/credential-mail.ts'
import type { Outbox } from '../notifications/outbox.ts'
import type { Clock } from '../storage/clock.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import type { FactorNews } from './factor-news.ts'

export interface NewsNeeds {
  clock: Clock
  globalOrigin: URL
  outboxIn: (region: Region) => Outbox
}

/** The news of what users do to factors of their own. */
export function newsBy(
  needs: NewsNeeds,
  { live, region, request, language }: ActorOf<RequestFacts> & { language: string },
  { authority, ...told }: Omit<Told, 'author'> & { authority: Authority },
): Promise<FactorNews> {
  const author = authorOf(`user:${live.user.id}`, authority, request)
  return prepareNews(needs, { account: live, region, language }, { ...told, author })
}

interface Told {
  event: CredentialEvent['event']
  news: CredentialNews
  named: string
  author: Author
}

/** What goes with a change of a user's factors: its record, and the mail to the user. */
export async function prepareNews(
  { clock, globalOrigin, outboxIn }: NewsNeeds,
  { account, region, language }: { account: Account; region: Region; language: string },
  { event, news, named, author }: Told,
): Promise<FactorNews> {
  const at = clock()
  const { user, site } = account
  const outbox = outboxIn(region)
  const mail = credentialMail(account, { news, named, at, globalOrigin }, language)
  return {
    event: { id: newId(region.code), siteId: site.id, userId: user.id, event, at, ...author },
    notice: mail && { outbox, task: await outbox.prepare('mail', mail, at) },
  }
}
