import {
  type Author,
  Authority,
  authorOf,
  type CredentialEvent,
} from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Statement } from '../storage/batch.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { NotifiedChange } from '../two-factor/notified-change.ts'
import { prepareNotifiedChange } from '../two-factor/prepare-notified-change.ts'
import type { Assertion } from './assertion.ts'
import { decidesAdmins } from './group-rules.ts'
import type { Identity, IdentityStore } from './identity-store.ts'
import type { ResolvedAccount } from './resolve-account.ts'
import type { Strategy } from './strategy.ts'

interface SsoLogin {
  owner: ResolvedAccount
  identity: Identity
  strategy: Strategy
  assertion: Assertion
  sessionId: number
  request: RequestFacts
  language: string
}

/**
 * The statements that belong in the batch of a new session: the identity that it began by, the record and notice of a
 * new link, and the admin role by groups.
 */
export async function statementsWithSession(
  ctx: Ctx,
  region: Region,
  entry: SsoLogin,
): Promise<Statement[]> {
  const { owner, identity, strategy, assertion, sessionId } = entry
  const identities = ctx.in(region).identities
  const change = owner.linkedBy.kind === 'identity' ? null : await linkChange(ctx, region, entry)
  const { providerSession } = assertion.person
  return [
    ctx.in(region).ssoSessions.insertion(identity, { sessionId, providerSession }),
    ...(strategy.originConfirmed
      ? []
      : [ctx.in(region).strategies.confirmOrigin(strategy, sessionId)]),
    ...(change ? identities.recordLink(identity, { sessionId, change }) : []),
    ...byGroups(identities, region, entry),
  ]
}

/** Sets the admin role by groups. If the provider did not send groups, the role stays and the audit log says so. */
function byGroups(identities: IdentityStore, region: Region, entry: SsoLogin): Statement[] {
  const { identity, strategy, assertion, sessionId } = entry
  const { isAdmin } = assertion
  if (isAdmin !== null) {
    const changes = { site_admin: [!isAdmin, isAdmin] } satisfies Changes
    const event = { ...eventOf(region, entry, 'user_changed'), changes }
    return identities.setAdmin(identity, { strategy, isAdmin, sessionId, event })
  }
  if (!decidesAdmins(strategy)) return []
  const event = eventOf(region, entry, 'sso_groups_not_told')
  return [identities.recordMissingGroups(identity, { strategy, sessionId, event })]
}

async function linkChange(ctx: Ctx, region: Region, entry: SsoLogin): Promise<NotifiedChange> {
  const { owner, identity, strategy, language } = entry
  const { issuer, subject, createdAt: at } = identity
  const change = await prepareNotifiedChange(
    ctx,
    { account: owner.account, region, language },
    {
      event: 'sso_identity_linked',
      kind: 'identityLinked',
      named: strategy.label,
      at,
      author: authorIn(entry),
      changes: { issuer: [null, issuer], subject: [null, subject] },
    },
  )
  // The next cron run sends the email.
  if (change.notice) change.notice.task.nextAttemptAt = at
  return change
}

type Changes = CredentialEvent['changes']

function eventOf(
  region: Region,
  entry: SsoLogin,
  event: CredentialEvent['event'],
): CredentialEvent {
  const { siteId, userId, lastUsedAt: at } = entry.identity
  return { id: newId(region.code), siteId, userId, event, at, ...authorIn(entry) }
}

function authorIn({ strategy, request }: SsoLogin): Author {
  return authorOf(`strategy:${strategy.id}`, Authority.provedByRequest, request)
}
