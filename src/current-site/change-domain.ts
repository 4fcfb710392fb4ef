import type { Clock } from '../platform/clock.ts'
import { isUniqueViolation } from '../platform/guarded-storage.ts'
import { Problem } from '../platform/problem.ts'
import type { ModelError } from '../platform/problem-types.ts'
import type { Region, Regions } from '../regions/region.ts'
import type { UsernameDirectory } from '../regions/username-directory.ts'
import { comparableDomain, domainProof, whyNotDomain } from '../sites/domain-proof.ts'
import type { Site } from '../sites/site.ts'
import type { SiteHosts } from '../sites/site-hosts.ts'
import type { SiteStore } from '../sites/site-store.ts'
import type { TxtResolver } from '../sites/txt-resolver.ts'

export interface DomainNeeds {
  clock: Clock
  globalOrigin: URL
  regions: Regions
  domainProofKey: CryptoKey
  resolver: TxtResolver
  directory: UsernameDirectory
  siteHosts: SiteHosts
  sitesIn: (region: Region) => SiteStore
}

/**
 * Gives a site another domain, or none by an empty text. It is served, and appears in links, only once
 * it was proved.
 * @throws {Problem} model-save-error
 */
export async function changeDomain(
  { globalOrigin, regions, sitesIn, siteHosts }: DomainNeeds,
  { site, region }: { site: Site; region: Region },
  wanted: string,
): Promise<Site> {
  const domain = wanted === '' ? null : comparableDomain(wanted)
  if (domain === site.domain) return site
  if (domain !== null) {
    const ownHosts = [globalOrigin.hostname, ...regions.all.map(({ host }) => host)]
    const wrong = whyNotDomain(domain, ownHosts)
    if (wrong) throw notSaved(wrong)
  }
  const changed = await sitesIn(region).setDomain(site.id, domain)
  if (site.domain !== null)
    await siteHosts.forget({ kind: 'domain', domain: site.domain }).catch(() => undefined)
  return changed ?? site
}

/**
 * Looks for the TXT record of the site's domain, and serves the domain from then on. Of several sites
 * that can prove one domain, in whatever regions, the directory lets one have it.
 * @throws {Problem} model-save-error; resolver-unavailable
 */
export async function proveDomain(
  needs: DomainNeeds,
  { site, region }: { site: Site; region: Region },
): Promise<Site> {
  const { domain } = site
  if (domain === null) throw notSaved('domain-malformed')
  if (site.domainVerifiedAt !== null) return site
  const { name, value } = await domainProof(needs.domainProofKey, site.id, domain)
  if (!(await needs.resolver.txt(name)).includes(value)) throw notSaved('domain-unproved')

  const host = { kind: 'domain', domain } as const
  const claim = await needs.directory.claim(claimedName(domain), region, {
    now: needs.clock(),
    insertedBy: async (heldIn) => (await needs.sitesIn(heldIn).atHost(host)) !== null,
  })
  if (!claim) throw notSaved('domain-taken')
  const proved = await recordProof(needs, { site, region }, domain)
  if (!(await needs.directory.confirm(claim, needs.clock()))) {
    await needs.sitesIn(region).setDomain(site.id, domain)
    throw notSaved('domain-taken')
  }
  await needs.siteHosts.remember(host, { region, siteId: site.id }).catch(() => undefined)
  return proved
}

async function recordProof(
  { clock, sitesIn }: DomainNeeds,
  { site, region }: { site: Site; region: Region },
  domain: string,
): Promise<Site> {
  try {
    const proved = await sitesIn(region).recordProof(site.id, domain, clock())
    if (proved) return proved
  } catch (error) {
    throw isUniqueViolation(error) ? notSaved('domain-taken') : error
  }
  throw notSaved('domain-unproved')
}

/** A control character stands in no username, so no user can hold a domain's name. */
function claimedName(domain: string): string {
  return `\u0000domain ${domain}`
}

function notSaved(error: ModelError): Problem {
  return new Problem('processing-failure/model-save-error', { modelErrors: { domain: [error] } })
}
