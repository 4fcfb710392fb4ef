import type { Requester } from '../access/actor.ts'
import type { Ctx } from '../context.ts'
import { hmacSha256 } from '../crypto/digests.ts'
import { type ModelError, notSaved } from '../http/problem.ts'
import { isUniqueViolation } from '../storage/guarded-storage.ts'
import type { Regions } from '../storage/region.ts'
import { claimHost } from './claim-host.ts'
import { readDomainName } from './domain-name.ts'
import type { Site } from './site.ts'
import { siteEvent } from './site-view.ts'

/** Returns the record to create. It never changes for a site and domain, and differs between sites. */
export async function domainChallenge(
  key: CryptoKey,
  siteId: number,
  domain: string,
): Promise<{ name: string; value: string }> {
  const challenge = await hmacSha256(key, `\u0000domain proof ${siteId} ${domain}`)
  return { name: `_latchkey.${domain}`, value: `latchkey-site-verification=${challenge}` }
}

/**
 * Returns why a domain in comparable form cannot belong to a site; null if it can. IP addresses and single labels
 * cannot.
 */
export function whyNotDomain(domain: string, ownHosts: readonly string[]): ModelError | null {
  const labels = domain.split('.')
  const wellFormed = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  if (domain.length > 253 || labels.length < 2 || !wellFormed || /^\d+$/.test(labels.at(-1) ?? ''))
    return 'domain-malformed'
  if (ownHosts.some((host) => domain === host || domain.endsWith(`.${host}`)))
    return 'domain-reserved'
  return null
}

/**
 * Returns a domain in its stored form; null for none, undefined if nothing was sent.
 * @throws {Problem} model-save-error
 */
export function readDomain(
  { globalOrigin, regions }: { globalOrigin: URL; regions: Regions },
  sent: string | undefined,
): string | null | undefined {
  if (!sent) return sent === undefined ? undefined : null
  const domain = readDomainName(sent) ?? sent
  const ownHosts = [globalOrigin.hostname, ...regions.all.map(({ host }) => host)]
  const wrong = whyNotDomain(domain, ownHosts)
  if (wrong) throw notSaved({ domain: [wrong] })
  return domain
}

/**
 * Looks up the TXT record of the site's domain, and uses the domain from then on. If several sites can verify one
 * domain, in any regions, the directory gives it to one of them. A domain that another site gave up is unavailable
 * for 90 days.
 * @throws {Problem} model-save-error; resolver-unavailable
 */
export async function verifyDomain(ctx: Ctx, actor: Requester): Promise<Site> {
  const { live, region } = actor
  const { site } = live
  const { domain } = site
  if (domain === null) throw notSaved({ domain: ['domain-malformed'] })
  if (site.domainVerifiedAt !== null) return site
  const authority = await actor.authorize({ what: 'site', columns: ['domainVerifiedAt'] })
  const { name, value } = await domainChallenge(ctx.domainProofKey, site.id, domain)
  if (!(await ctx.resolver.txt(name)).includes(value))
    throw notSaved({ domain: ['domain-unproved'] })

  const host = { kind: 'domain', domain } as const
  const claim = await claimHost(ctx, { region, host, by: site.id })
  if (!claim) throw notSaved({ domain: ['domain-taken'] })
  const at = ctx.clock()
  const after = { ...site, domainVerifiedAt: at }
  const event = siteEvent(actor, { before: site, after, authority, at })
  const proved = await ctx
    .in(region)
    .siteChanges.recordProof(site, { domain, proof: value }, event)
    .catch((error) => {
      throw isUniqueViolation(error) ? notSaved({ domain: ['domain-taken'] }) : error
    })
  if (!proved) throw notSaved({ domain: ['domain-unproved'] })
  if (!(await ctx.directory.confirm(claim, ctx.clock()))) {
    await ctx.in(region).siteChanges.restore(site, { domain, domainVerifiedAt: null })
    throw notSaved({ domain: ['domain-taken'] })
  }
  await ctx.siteHosts.remember(host, { region, siteId: site.id }).catch(() => undefined)
  return proved
}
