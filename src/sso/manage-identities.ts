import type { Requester } from '../access/actor.ts'
import type { Ctx } from '../context.ts'
import { notSaved, Problem } from '../http/problem.ts'
import { notifiedChangeBy } from '../two-factor/prepare-notified-change.ts'

/**
 * Unlinks a user from a person at a provider and revokes the sessions that began by the link. Users do that for
 * themselves, admins for the whole site. The user is notified by email.
 * @throws {Problem} sso-identity-not-found, also for other users' identities; model-save-error
 */
export async function removeIdentity(ctx: Ctx, actor: Requester, id: number): Promise<void> {
  const { live, region } = actor
  const identities = ctx.in(region).identities
  const found = await identities.find(id, live.site.id)
  const isOwn = found?.identity.userId === live.user.id
  if (!found || !(isOwn || live.user.siteAdmin)) throw notFound()
  const account = await ctx.in(region).users.withId(found.identity.userId)
  if (!account) throw notFound()
  const authority = await actor.authorize({ what: 'sso-identity-removed', user: account.user })
  const { issuer, subject } = found.identity
  const change = await notifiedChangeBy(ctx, actor, {
    event: 'sso_identity_removed',
    kind: 'identityRemoved',
    named: found.label,
    authority,
    account,
    changes: { issuer: [issuer, null], subject: [subject, null] },
  })
  const outcome = await identities.remove(found.identity, { isOwn, change })
  if (outcome === 'gone') throw notFound()
  if (outcome === 'last-way-in') throw notSaved({ base: ['last-way-in'] })
  if (change.notice) ctx.workAfterReply([change.notice])
}

function notFound(): Problem {
  return new Problem('not-found/sso-identity-not-found')
}
