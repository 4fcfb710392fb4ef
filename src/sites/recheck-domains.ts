import { Authority, type CredentialEvent, changesBetween } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { logFailure, rootMessage, warn } from '../http/log.ts'
import { DAY, HOUR } from '../storage/clock.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Site } from './site.ts'
import { viewSite } from './site-view.ts'
import { domainChallenge } from './verify-domain.ts'
/** How long the TXT record of a verified domain may be missing. */
export const DOMAIN_GRACE_MS = 3 * DAY

const CHECKED_EVERY_MS = DAY
/** If the record was missing, or the resolver did not reply. */
const CHECKED_AGAIN_AFTER_MS = HOUR
const MOST_CHECKED = 20

/**
 * Checks the TXT records of verified domains, each once a day. After three days without its record, a domain is no
 * longer verified, because somebody else may own it by then, who must not receive codes or links. A resolver that
 * does not reply counts as neither.
 */
export async function recheckDomains(ctx: Ctx, region: Region): Promise<void> {
  const before = ctx.clock() - CHECKED_EVERY_MS
  const due = await ctx.in(region).siteChanges.verifiedBefore(before, MOST_CHECKED)
  await Promise.all(
    due.map((site) => logFailure(recheck(ctx, region, site), `check of the domain of ${site.id}`)),
  )
}

async function recheck(ctx: Ctx, region: Region, site: Site): Promise<void> {
  const now = ctx.clock()
  const ledger = ctx.in(region).siteChanges
  const soon = now - CHECKED_EVERY_MS + CHECKED_AGAIN_AFTER_MS
  const exists = await isRecordThere(ctx, site)
  const { domainMissingSince: since } = site
  if (exists === null) return ledger.noteCheck(site, { checkedAt: soon, missingSince: since })
  if (exists) return ledger.noteCheck(site, { checkedAt: now, missingSince: null })
  if (since === null || now - since < DOMAIN_GRACE_MS)
    return ledger.noteCheck(site, { checkedAt: soon, missingSince: since ?? now })
  await ledger.endVerification(site, eventOf(region, site, now))
  if (site.domain !== null)
    await ctx.siteHosts.forget({ kind: 'domain', domain: site.domain }).catch(() => undefined)
}

/** Whether the record is there, under the current key or the key of the day it was verified; null if unknown. */
async function isRecordThere(
  { domainProofKey, resolver }: Ctx,
  { id, domain, domainProof: stored }: Site,
): Promise<boolean | null> {
  const { name, value } = await domainChallenge(domainProofKey, id, domain ?? '')
  try {
    const records = await resolver.txt(name)
    return records.includes(value) || (stored !== null && records.includes(stored))
  } catch (error) {
    warn('check of a domain', rootMessage(error))
    return null
  }
}

function eventOf(region: Region, site: Site, at: number): CredentialEvent {
  return {
    id: newId(region.code),
    siteId: site.id,
    userId: 0,
    event: 'site_changed',
    actor: 'service',
    authority: Authority.grantsNoAccess,
    address: null,
    userAgent: '',
    requestId: '',
    at,
    changes: changesBetween(viewSite(site), viewSite({ ...site, domainVerifiedAt: null })),
  }
}
