import type { LocalizedRequester } from '../access/actor.ts'
import type { Authority } from '../audit/authority.ts'
import { eventBy } from '../audit/event-by.ts'
import type { Ctx } from '../context.ts'
import { notSaved, Problem } from '../http/problem.ts'
import { credentialMail } from '../notifications/notice-mails.ts'
import type { Account } from '../users/account.ts'
import type { LabelledIdentity } from './identity-store.ts'

/**
 * Unlinks a user from a person at a provider and revokes the sessions that began by the link. Users do that for
 * themselves, admins for the whole site. The user is notified by email.
 * @throws {Problem} sso-identity-not-found, also for other users' identities; model-save-error
 */
export async function removeIdentity(
  ctx: Ctx,
  acting: LocalizedRequester,
  id: number,
): Promise<void> {
  const { live, region } = acting
  const identities = ctx.in(region).identities
  const found = await identities.find(id, live.site.id)
  const isOwn = found?.identity.userId === live.user.id
  if (!found || !(isOwn || live.user.siteAdmin)) throw notFound()
  const account = await ctx.in(region).users.withId(found.identity.userId)
  if (!account) throw notFound()
  const authority = await acting.authorize({ what: 'sso-identity-removed', user: account.user })
  const news = await newsOf(ctx, acting, { ...found, account, authority })
  const outcome = await identities.remove(found.identity, { isOwn, news })
  if (outcome === 'gone') throw notFound()
  if (outcome === 'last-way-in') throw notSaved({ base: ['last-way-in'] })
  if (news.notice) ctx.workAfterReply([news.notice])
}

async function newsOf(
  ctx: Ctx,
  acting: LocalizedRequester,
  {
    identity,
    label,
    account,
    authority,
  }: LabelledIdentity & {
    account: Account
    authority: Authority
  },
) {
  const { region, language } = acting
  const { userId, issuer, subject } = identity
  const at = ctx.clock()
  const content = {
    news: 'identityRemoved',
    named: label,
    at,
    globalOrigin: ctx.globalOrigin,
  } as const
  const mail = credentialMail(account, content, language)
  const outbox = ctx.in(region).outbox
  return {
    event: eventBy(acting, {
      event: 'sso_identity_removed',
      authority,
      at,
      userId,
      changes: { issuer: [issuer, null], subject: [subject, null] },
    }),
    notice: mail && { outbox, task: await outbox.prepare('mail', mail, at) },
  }
}

function notFound(): Problem {
  return new Problem('not-found/sso-identity-not-found')
}
