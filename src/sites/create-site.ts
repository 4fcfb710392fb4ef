import type { Clock } from '../platform/clock.ts'
import { isUniqueViolation } from '../platform/guarded-storage.ts'
import { newId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { ModelError } from '../platform/problem-types.ts'
import type { Region, Regions } from '../regions/region.ts'
import type { UsernameClaim, UsernameDirectory } from '../regions/username-directory.ts'
import { isReservedName } from './reserved-names.ts'
import { isSubdomain } from './site.ts'
import type { SiteHosts } from './site-hosts.ts'
import type { NewSite, SiteStore } from './site-store.ts'

export interface CreateSiteNeeds {
  clock: Clock
  regions: Regions
  directory: UsernameDirectory
  sitesIn: (region: Region) => SiteStore
  siteHosts: SiteHosts
}

/**
 * Creates a site: claim the subdomain in the directory, insert the row, confirm the claim. So it is
 * one site's across all regions, and a crash in between leaves a claim that the next attempt takes over.
 * @throws {Problem} model-save-error
 */
export async function createSite(
  needs: CreateSiteNeeds,
  region: Region,
  input: Omit<NewSite, 'id' | 'createdAt'>,
): Promise<number> {
  const { clock, directory, sitesIn, siteHosts } = needs
  const { subdomain } = input
  const host = { kind: 'site', subdomain } as const
  const claim = await claimSubdomain(needs, region, subdomain)
  const id = newId(region.code)
  try {
    await sitesIn(region).insert({ ...input, id, createdAt: clock() })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await directory.confirm(claim, clock())
    throw notSaved('subdomain-taken')
  }
  if (!(await directory.confirm(claim, clock()))) {
    await sitesIn(region).remove(id)
    throw notSaved('subdomain-taken')
  }
  await siteHosts.remember(host, { region, siteId: id }).catch(() => undefined)
  return id
}

/**
 * Takes a subdomain, to be confirmed once it is in a site's row.
 * @throws {Problem} model-save-error
 */
export async function claimSubdomain(
  { clock, regions, directory, sitesIn, siteHosts }: CreateSiteNeeds,
  region: Region,
  subdomain: string,
): Promise<UsernameClaim> {
  const host = { kind: 'site', subdomain } as const
  if (!isSubdomain(subdomain)) throw notSaved('subdomain-malformed')
  if (isReservedName(subdomain, regionalNames(regions))) throw notSaved('subdomain-reserved')
  if (await siteHosts.homeOf(host)) throw notSaved('subdomain-taken')
  const claim = await directory.claim([claimedName(subdomain)], region, {
    now: clock(),
    insertedBy: async (heldIn) => (await sitesIn(heldIn).atHost(host)) !== null,
  })
  if (!claim) throw notSaved('subdomain-taken')
  return claim
}

function regionalNames(regions: Regions): string[] {
  return regions.all.flatMap(({ name, host }) => [name, host.split('.')[0] ?? ''])
}

/** A control character stands in no username, so no user can hold a site's name. */
export function claimedName(subdomain: string): string {
  return `\u0000site ${subdomain}`
}

function notSaved(error: ModelError): Problem {
  return new Problem('processing-failure/model-save-error', {
    reason: error,
    modelErrors: { subdomain: [error] },
  })
}
