import { Authority } from '../../history/authority.ts'
import type { CredentialEvent } from '../../history/credential-event.ts'
import { authorOf } from '../../history/event-by.ts'
import { credentialMail } from '../../mail/credential-mail.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import { newId } from '../../platform/ids.ts'
import type { RequestFacts } from '../../platform/request-facts.ts'
import type { Region } from '../../regions/region.ts'
import type { FactorNews } from '../../second-factors/factor-news.ts'
import { decidesAdmins } from '../../sso/group-rules.ts'
import type { Identity } from '../../sso/identity.ts'
import type { IdentityStore } from '../../sso/identity-store.ts'
import type { SsoSessionStore } from '../../sso/sso-session-store.ts'
import type { Strategy } from '../../sso/strategy.ts'
import type { StrategyStore } from '../../sso/strategy-store.ts'
import type { Statement } from '../login-ledger.ts'
import type { Proof } from './proof.ts'
import type { Owner } from './whose.ts'

export interface AlongsideNeeds {
  globalOrigin: URL
  identitiesIn: (region: Region) => IdentityStore
  ssoSessionsIn: (region: Region) => SsoSessionStore
  strategiesIn: (region: Region) => StrategyStore
  outboxIn: (region: Region) => Outbox
}

interface Entry {
  owner: Owner
  identity: Identity
  strategy: Strategy
  proof: Proof
  sessionId: number
  request: RequestFacts
  language: string
}

/**
 * What hangs on the session that a person starts: by whom it began, what a new link is recorded and told by,
 * and whether the groups make its user an admin.
 */
export async function alongsideEntry(
  needs: AlongsideNeeds,
  region: Region,
  entry: Entry,
): Promise<() => Statement[]> {
  const { owner, identity, strategy, proof, sessionId } = entry
  const identities = needs.identitiesIn(region)
  const news = owner.linkedBy.kind === 'identity' ? null : await newsOfLink(needs, region, entry)
  const { providerSession } = proof.person
  return () => [
    needs.ssoSessionsIn(region).insertion(identity, { sessionId, providerSession }),
    ...(strategy.originConfirmed
      ? []
      : [needs.strategiesIn(region).noteArrival(strategy, sessionId)]),
    ...(news ? identities.noteLink(identity, { sessionId, news }) : []),
    ...byGroups(identities, region, entry),
  ]
}

/** What the groups make of the user; where they were not told, it stays as it is, and the history says so. */
function byGroups(identities: IdentityStore, region: Region, entry: Entry): Statement[] {
  const { identity, strategy, proof, sessionId } = entry
  const { isAdmin } = proof
  if (isAdmin !== null) {
    const changes = { site_admin: [!isAdmin, isAdmin] } satisfies Changes
    const event = { ...eventOf(region, entry, 'user_changed'), changes }
    return identities.setAdmin(identity, { strategy, isAdmin, sessionId, event })
  }
  if (!decidesAdmins(strategy)) return []
  const event = eventOf(region, entry, 'sso_groups_not_told')
  return [identities.noteGroupsNotTold(identity, { strategy, sessionId, event })]
}

/** The cron sends the mail with its next run. */
async function newsOfLink(
  { globalOrigin, outboxIn }: AlongsideNeeds,
  region: Region,
  entry: Entry,
): Promise<FactorNews> {
  const { owner, identity, strategy, language } = entry
  const { issuer, subject, createdAt: at } = identity
  const told = { news: 'identityLinked', named: strategy.label, at, globalOrigin } as const
  const mail = credentialMail(owner.account, told, language)
  const outbox = outboxIn(region)
  const changes = { issuer: [null, issuer], subject: [null, subject] } satisfies Changes
  return {
    event: { ...eventOf(region, entry, 'sso_identity_linked'), changes },
    notice: mail && {
      outbox,
      task: { ...(await outbox.prepare('mail', mail, at)), nextAttemptAt: at },
    },
  }
}

type Changes = CredentialEvent['changes']

function eventOf(
  region: Region,
  { identity, strategy, request }: Entry,
  event: CredentialEvent['event'],
): CredentialEvent {
  const { siteId, userId, lastUsedAt: at } = identity
  const author = authorOf(`strategy:${strategy.id}`, Authority.provedByRequest, request)
  return { id: newId(region.code), siteId, userId, event, at, ...author }
}
