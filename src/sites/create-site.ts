import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Region } from '../regions/region.ts'
import type { SiteHosts } from './site-hosts.ts'
import type { NewSite, SiteStore } from './site-store.ts'

/** Creates a site in a region and makes its host known. */
export async function createSite(
  {
    sitesIn,
    siteHosts,
    clock,
  }: {
    sitesIn: (region: Region) => SiteStore
    siteHosts: SiteHosts
    clock: Clock
  },
  region: Region,
  input: Omit<NewSite, 'id' | 'createdAt'>,
): Promise<number> {
  const id = newId(region.code)
  await sitesIn(region).insert({ ...input, id, createdAt: clock() })
  await siteHosts.remember({ kind: 'site', subdomain: input.subdomain }, { region, siteId: id })
  return id
}
