import type { Actor } from '../actors/actor.ts'
import type { ApiKeyStore } from '../api-keys/api-key-store.ts'
import { apiKeyDigest, newApiKeyText } from '../api-keys/api-key-text.ts'
import { Authority } from '../history/authority.ts'
import { credentialMail } from '../mail/credential-mail.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Waiting } from '../outbox/work-outbox.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { networkOf } from '../platform/ip-address.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region, Regions } from '../regions/region.ts'
import type { Sealer } from '../tokens/sealer.ts'
import type { Account } from '../users/account.ts'
import {
  isPairingKey,
  PAIRING_KEY_LIFETIME_MS,
  pairingDigest,
  regionOfPairing,
} from './pairing-key.ts'
import type { PairingLedger } from './pairing-ledger.ts'
import type { PairingPointer } from './pairing-pointer.ts'
import { type Poller, sealPoller, unsealPoller } from './poller.ts'

export interface PairingNeeds {
  clock: Clock
  regions: Regions
  sealer: Sealer
  pairingPointersIn: (region: Region) => PairingPointer
  pairingsIn: (region: Region) => PairingLedger
  apiKeysIn: (region: Region) => ApiKeyStore
  /** Goes on after the reply. */
  afterReply: (work: Promise<unknown>) => void
  globalOrigin: URL
  outboxIn: (region: Region) => Outbox
  workAfterReply: (waiting: Waiting[]) => void
}

/** The key of a paired app: this once, in full. */
export interface Paired {
  account: Account
  id: number
  text: string
}

/**
 * A device asks for the API key of its pairing key. The first who asks after the approval gets it.
 * @throws {Problem} code-not-found, the same for every cause: a device takes it as "not yet"
 */
export async function fetchPairedKey(
  needs: PairingNeeds,
  pairingKey: string,
  request: RequestFacts,
): Promise<Paired> {
  if (!isPairingKey(pairingKey)) throw notFound('cannot be a pairing key')
  const digest = await pairingDigest(pairingKey)
  const pointer = needs.pairingPointersIn(regionOfPairing(digest, needs.regions))
  const home = await homeOf(needs, pointer, { digest, request })
  if (!home) throw notFound('neither approved nor denied, or expired')
  const at = needs.clock()
  const text = newApiKeyText(home)
  const id = newId(home.code)
  const account = await needs.pairingsIn(home).redeem(
    { id, digest: await apiKeyDigest(text), pairingDigest: digest, address: request.address, at },
    {
      ...{ id: newId(home.code), event: 'api_key_created', actor: 'code', at },
      authority: Authority.provedByRequest,
      ...{ address: request.address, userAgent: request.userAgent, requestId: request.id },
    },
  )
  if (!account) throw notFound('no approval that is good')
  needs.afterReply(pointer.end(digest))
  needs.afterReply(tellOwner(needs, home, { account, id, at }))
  return { account, id, text }
}

/** By mail: approving it was a click, perhaps on somebody else's link. */
async function tellOwner(
  { apiKeysIn, globalOrigin, outboxIn, workAfterReply }: PairingNeeds,
  home: Region,
  { account, id, at }: { account: Account; id: number; at: number },
): Promise<void> {
  const key = await apiKeysIn(home).withId(id, account.site.id)
  const mail =
    key && credentialMail(account, { news: 'appPaired', named: key.name, at, globalOrigin })
  if (!mail) return
  const outbox = outboxIn(home)
  const task = await outbox.prepare('mail', mail, at)
  await outbox.insertion(task)
  workAfterReply([{ outbox, task }])
}

async function homeOf(
  { clock, regions, sealer }: PairingNeeds,
  pointer: PairingPointer,
  { digest, request }: { digest: string; request: RequestFacts },
): Promise<Region | null> {
  const remembered = await pointer.remembered(digest)
  if (remembered !== null) return regions.withCode(remembered)
  const now = clock()
  const poller = await sealPoller(sealer, request, now)
  const row = await pointer.polled(digest, poller, now + PAIRING_KEY_LIFETIME_MS)
  return row?.regionCode != null && !row.ended ? regions.withCode(row.regionCode) : null
}

/** Where a key is polled from; null while nobody polls. @throws {Problem} code-not-found once decided */
export async function pollerOf(
  { clock, regions, sealer, pairingPointersIn }: PairingNeeds,
  pairingKey: string,
): Promise<Poller | null> {
  if (!isPairingKey(pairingKey)) throw notFound('cannot be a pairing key')
  const digest = await pairingDigest(pairingKey)
  const row = await pairingPointersIn(regionOfPairing(digest, regions)).find(digest)
  const now = clock()
  if (row && (row.ended || row.regionCode !== null || row.expiresAt <= now))
    throw notFound('decided before, or expired')
  return row && unsealPoller(sealer, row.poller, now)
}

/** Whether a device asks from another network than the person who is to approve it. */
export function isElsewhere(poller: Poller | null, request: RequestFacts): boolean {
  if (!poller) return true
  const networks = [poller.address, request.address].map((one) => one && networkOf(one))
  return networks[0] !== networks[1]
}

/**
 * Lets the device have a key of the caller's. Of many decisions about one key the first holds.
 * @throws {Problem} desktop-apps-are-off; desktop-app-of-other-network where the site forbids it;
 *   code-not-found once decided; and what `authorize` throws
 */
export async function approvePairing(
  needs: PairingNeeds,
  { live, region, authorize }: Actor,
  asked: { pairingKey: string; platform: string; computer: string; request: RequestFacts },
): Promise<void> {
  const { user, site } = live
  if (!site.desktopApp) throw new Problem('not-authorized/desktop-apps-are-off')
  const poller = await pollerOf(needs, asked.pairingKey)
  if (site.desktopAppSessionIpPinning && isElsewhere(poller, asked.request))
    throw new Problem('not-authorized/desktop-app-of-other-network')
  const authority = await authorize({ what: 'app-paired' })
  const now = needs.clock()
  const digest = await pairingDigest(asked.pairingKey)
  const ledger = needs.pairingsIn(region)
  const approval = {
    ...{ digest, siteId: site.id, userId: user.id, credentialVersion: user.credentialVersion },
    ...{ platform: asked.platform, computer: asked.computer, approvedAt: now },
    network: asked.request.address && networkOf(asked.request.address),
  }
  const approved = await ledger.approve(approval, authority)
  if (!approved) throw notFound('approved before')
  const pointer = needs.pairingPointersIn(regionOfPairing(digest, needs.regions))
  const expiresAt = now + PAIRING_KEY_LIFETIME_MS
  if (!(await pointer.decide(digest, { regionCode: region.code, now, expiresAt }))) {
    await ledger.withdraw(digest)
    throw notFound('decided before')
  }
  needs.afterReply(pointer.remember(digest, region.code))
}

/** The key is good for nothing any more. */
export async function denyPairing(needs: PairingNeeds, pairingKey: string): Promise<void> {
  if (!isPairingKey(pairingKey)) return
  const digest = await pairingDigest(pairingKey)
  const now = needs.clock()
  const pointer = needs.pairingPointersIn(regionOfPairing(digest, needs.regions))
  await pointer.decide(digest, { regionCode: null, now, expiresAt: now + PAIRING_KEY_LIFETIME_MS })
}

function notFound(reason: string): Problem {
  return new Problem('not-found/code-not-found', { reason })
}
