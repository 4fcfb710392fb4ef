import type { Clock } from '../platform/clock.ts'
import { isUniqueViolation } from '../platform/guarded-storage.ts'
import { Problem } from '../platform/problem.ts'
import type { ModelError } from '../platform/problem-types.ts'
import type { Region, Regions } from '../regions/region.ts'
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
  if (site.domain !== null && site.domainVerifiedAt !== null)
    await siteHosts.forget({ kind: 'domain', domain: site.domain })
  return changed ?? site
}

/**
 * Looks for the TXT record of the site's domain, and serves the domain from then on.
 * @throws {Problem} model-save-error; resolver-unavailable
 */
export async function proveDomain(
  { clock, regions, domainProofKey, resolver, sitesIn, siteHosts }: DomainNeeds,
  { site, region }: { site: Site; region: Region },
): Promise<Site> {
  if (site.domain === null) throw notSaved('domain-malformed')
  const host = { kind: 'domain', domain: site.domain } as const
  const { name, value } = await domainProof(domainProofKey, site.id, site.domain)
  if (!(await resolver.txt(name)).includes(value)) throw notSaved('domain-unproved')
  for (const other of regions.all) {
    const holder = await sitesIn(other).atHost(host)
    if (holder && holder.id !== site.id) throw notSaved('domain-taken')
  }
  try {
    const proved = await sitesIn(region).recordProof(site.id, site.domain, clock())
    if (!proved) throw notSaved('domain-unproved')
    await siteHosts.remember(host, { region, siteId: site.id })
    return proved
  } catch (error) {
    throw isUniqueViolation(error) ? notSaved('domain-taken') : error
  }
}

function notSaved(error: ModelError): Problem {
  return new Problem('processing-failure/model-save-error', { modelErrors: { domain: [error] } })
}
