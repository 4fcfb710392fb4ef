import type { Actor } from '../access/actor.ts'
import { apiKeyDigest, newApiKeyText } from '../api-keys/api-key-text.ts'
import { Authority, authorOf } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { hmacSha256 } from '../crypto/digests.ts'
import { networkOf } from '../http/ip-address.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { whyDenied } from '../login/policy.ts'
import { credentialNotice } from '../notifications/notice-mails.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import {
  APPROVAL_LIFETIME_MS,
  isPairingKey,
  PAIRING_KEY_LIFETIME_MS,
  pairingDigest,
  regionOfPairing,
} from './pairing-key.ts'
import type { PairingPointer } from './pairing-pointer.ts'
import { networkNamed, type Poller, sealedPoller, sealPoller } from './poller.ts'

/** The API key of a paired app, shown in full this once. */
interface Paired {
  account: Account
  id: number
  text: string
}

/**
 * Returns the API key for a pairing key to the first device that asks after the approval.
 * @throws {Problem} code-not-found for every cause, which devices take as "not yet"
 */
export async function fetchPairedKey(
  ctx: Ctx,
  pairingKey: string,
  request: RequestFacts,
): Promise<Paired> {
  if (!isPairingKey(pairingKey)) throw notFound('cannot be a pairing key')
  const digest = await pairingDigest(pairingKey)
  const pointer = ctx.in(regionOfPairing(digest, ctx.regions)).pairingPointers
  const remembered = await pointer.remembered(digest)
  const home =
    remembered === null
      ? await recordPoll(ctx, pointer, { digest, request })
      : ctx.regions.withCode(remembered)
  if (!home) throw notFound('neither approved nor denied, or expired')
  const at = ctx.clock()
  const text = newApiKeyText(home)
  const id = newId(home.code)
  const { address } = request
  const account = await approverOf(ctx, home, { digest, at, request })
  const isCreated =
    account !== null &&
    (await ctx.in(home).pairings.redeem(
      { id, digest: await apiKeyDigest(text), pairingDigest: digest, address, at },
      {
        id: newId(home.code),
        siteId: account.site.id,
        userId: account.user.id,
        event: 'api_key_created',
        at,
        ...authorOf('code', Authority.provedByRequest, request),
      },
      account,
    ))
  if (!isCreated) {
    // The device may ask from a network that still needs approval, so the request is stored for the user to see.
    if (remembered !== null) await recordPoll(ctx, pointer, { digest, request })
    throw notFound('no approval that is valid, or not for this network')
  }
  ctx.afterReply(pointer.end(digest))
  ctx.afterReply(notifyOwner(ctx, home, { account, id, at }))
  return { account, id, text }
}

/** The user who approved a key, if the policy allows them to use it from here; else null. */
async function approverOf(
  ctx: Ctx,
  home: Region,
  { digest, at, request }: { digest: string; at: number; request: RequestFacts },
): Promise<Account | null> {
  const approver = await ctx.in(home).pairings.approverOf(digest, at - APPROVAL_LIFETIME_MS)
  const denial = whyDenied(approver, {
    // The app polls any host. The key is used at the site's own host, which the reply names.
    scope: { kind: 'any', region: null },
    client: request,
    home,
    at,
    by: 'api-key',
    isProved: true,
    usedAt: at,
    hasNewPassword: false,
  })
  return denial === null ? approver : null
}

/** Notifies by email, because the approval was a click, perhaps on somebody else's link. */
async function notifyOwner(
  ctx: Ctx,
  home: Region,
  { account, id, at }: { account: Account; id: number; at: number },
): Promise<void> {
  const key = await ctx.in(home).apiKeys.withId(id, account.site.id, at)
  if (!key) return
  const content = { kind: 'appPaired', named: key.name, at } as const
  const notice = await credentialNotice(ctx, { account, region: home }, content)
  if (!notice) return
  await notice.outbox.insertion(notice.task)
  ctx.workAfterReply([notice])
}

/** Finds where a key's approval is, according to its row, and stores the network of this request. */
async function recordPoll(
  ctx: Ctx,
  pointer: PairingPointer,
  { digest, request }: { digest: string; request: RequestFacts },
): Promise<Region | null> {
  const { clock, regions, nameDigestKey } = ctx
  const now = clock()
  const named = ['pairing', digest, networkNamed(request.address)].join('\u0000')
  const row = await pointer.polled(
    digest,
    {
      network: await hmacSha256(nameDigestKey, named),
      poller: await sealPoller(ctx, request),
    },
    { now, expiresAt: now + PAIRING_KEY_LIFETIME_MS },
  )
  return row?.regionCode != null && !row.ended ? regions.withCode(row.regionCode) : null
}

/** What a page shows about a key that waits for approval. */
interface PairingState {
  /** The first poller of each network. */
  pollers: Poller[]
  /** The networks that the user has approved; null before the first approval. */
  approved: string[] | null
}

/** @throws {Problem} code-not-found if it was fetched, denied, or approved by somebody else, or has expired */
export async function pairingState(
  ctx: Ctx,
  { live, region }: Pick<Actor, 'live' | 'region'>,
  pairingKey: string,
): Promise<PairingState> {
  const { clock, regions } = ctx
  if (!isPairingKey(pairingKey)) throw notFound('cannot be a pairing key')
  const digest = await pairingDigest(pairingKey)
  const { row, pollers } = await ctx
    .in(regionOfPairing(digest, regions))
    .pairingPointers.find(digest)
  const now = clock()
  if (row && (row.ended || row.expiresAt <= now)) throw notFound('decided before, or expired')
  const unsealed = await Promise.all(pollers.map((one) => sealedPoller.unseal(ctx, one)))
  const state = { pollers: unsealed.filter((one) => one !== null), approved: null }
  if (!row || row.regionCode === null) return state
  const since = now - APPROVAL_LIFETIME_MS
  const approved =
    row.regionCode === region.code
      ? await ctx.in(region).pairings.networksOf(digest, live.user.id, since)
      : null
  if (!approved) throw notFound('decided before')
  return { ...state, approved }
}

/** The pollers of networks that need approval: all of them before the first approval. */
export function unseen({ pollers, approved }: PairingState): Poller[] {
  return pollers.filter(({ address }) => !approved?.includes(networkNamed(address)))
}

/** Whether a device polls from another network than the user's, or from an unknown one. */
export function isElsewhere(pollers: Poller[], { address }: RequestFacts): boolean {
  const own = networkNamed(address)
  return pollers.length === 0 || pollers.some((one) => networkNamed(one.address) !== own)
}

/**
 * Approves an API key of the user's for a device that polls from a network that the user has seen. Of several
 * decisions about one key the first holds; the user who approved it may add networks.
 * @throws {Problem} desktop-apps-are-off; desktop-app-of-other-network if the site forbids it; code-not-found once
 *   decided; and what `authorize` throws
 */
export async function approvePairing(
  ctx: Ctx,
  { live, region, authorize }: Actor,
  input: {
    pairingKey: string
    platform: string
    computer: string
    networks: string[]
    request: RequestFacts
  },
): Promise<void> {
  const { user, site } = live
  if (!site.desktopApp) throw new Problem('not-authorized/desktop-apps-are-off')
  const own = networkNamed(input.request.address)
  const isPinned = site.desktopAppSessionIpPinning
  const networks = input.networks.filter((network) => !isPinned || network === own)
  if (input.networks.length > 0 && networks.length === 0)
    throw new Problem('not-authorized/desktop-app-of-other-network')
  const authority = await authorize({ what: 'app-paired' })
  const now = ctx.clock()
  const digest = await pairingDigest(input.pairingKey)
  const ledger = ctx.in(region).pairings
  const approval = {
    digest,
    siteId: site.id,
    userId: user.id,
    credentialVersion: user.credentialVersion,
    platform: input.platform,
    computer: input.computer,
    approvedAt: now,
    network: input.request.address && networkOf(input.request.address),
    networks,
  }
  const outcome = await ledger.approve(approval, now - APPROVAL_LIFETIME_MS, authority)
  if (!outcome) throw notFound('approved before')
  const pointer = ctx.in(regionOfPairing(digest, ctx.regions)).pairingPointers
  const expiresAt = now + PAIRING_KEY_LIFETIME_MS
  const isDecided =
    (await pointer.decide(digest, { regionCode: region.code, now, expiresAt })) ||
    (outcome === 'extended' && (await isDecidedFor(pointer, digest, region)))
  if (!isDecided) {
    await ledger.withdraw(digest, user.id)
    throw notFound('decided before')
  }
  ctx.afterReply(pointer.remember(digest, region.code))
}

/** Whether a key's approval is in this region. A user who adds networks finds their own approval there. */
async function isDecidedFor(
  pointer: PairingPointer,
  digest: string,
  region: Region,
): Promise<boolean> {
  const { row } = await pointer.find(digest)
  return row?.regionCode === region.code && !row.ended
}

/**
 * Denies a key for good, even if the user has approved it and it was not fetched yet.
 * @throws {Problem} code-not-found if it was fetched, denied, or approved by somebody else
 */
export async function denyPairing(
  ctx: Ctx,
  { live, region }: Pick<Actor, 'live' | 'region'>,
  pairingKey: string,
): Promise<void> {
  if (!isPairingKey(pairingKey)) throw notFound('cannot be a pairing key')
  await ctx.in(region).forms.takeNow()
  const digest = await pairingDigest(pairingKey)
  const now = ctx.clock()
  const pointer = ctx.in(regionOfPairing(digest, ctx.regions)).pairingPointers
  const expiresAt = now + PAIRING_KEY_LIFETIME_MS
  if (await pointer.decide(digest, { regionCode: null, now, expiresAt })) return
  if (!(await ctx.in(region).pairings.withdraw(digest, live.user.id)))
    throw notFound('decided before')
  await pointer.end(digest)
}

function notFound(reason: string): Problem {
  return new Problem('not-found/code-not-found', { reason })
}
