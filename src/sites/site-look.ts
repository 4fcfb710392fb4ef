import type { Region } from '../storage/region.ts'
import type { HostScope, Site } from './site.ts'
import type { SiteHosts } from './site-hosts.ts'
import type { SiteStore } from './site-store.ts'

export interface SiteLookNeeds {
  siteHosts: SiteHosts
  sitesIn: (region: Region) => SiteStore
}

/** The site whose name and colours a page of this host shows; null on hosts of no one site. */
export async function siteShownAt(
  { siteHosts, sitesIn }: SiteLookNeeds,
  scope: HostScope,
): Promise<Site | null> {
  if (scope.kind === 'any') return null
  const home = await siteHosts.homeOf(scope)
  return home && sitesIn(home.region).seenAt(scope)
}
