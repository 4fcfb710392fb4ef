import { Authority } from '../audit/authority.ts'
import type { CredentialEvent } from '../audit/credential-event.ts'
import { authorOf } from '../audit/event-by.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Statement } from '../login/login-ledger.ts'
import { credentialMail } from '../notifications/credential-mail.ts'
import type { Outbox } from '../notifications/outbox.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { FactorNews } from '../two-factor/factor-news.ts'
import { decidesAdmins } from './group-rules.ts'
import type { Identity } from './identity.ts'
import type { IdentityStore } from './identity-store.ts'
import type { Proof } from './proof.ts'
import type { SsoSessionStore } from './sso-session-store.ts'
import type { Strategy } from './strategy.ts'
import type { StrategyStore } from './strategy-store.ts'
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
