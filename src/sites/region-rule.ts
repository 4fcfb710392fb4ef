import { Problem } from '../http/problem.ts'
import { type Region, regionalHost } from '../storage/region.ts'
import { type HostScope, hasMultipleRegions, type Site } from './site.ts'

/**
 * Whether a request to this host may be about a site: where the site keeps to one region, the hosts of
 * the others refuse its users.
 */
export function isServedAt(
  scope: HostScope,
  { site, home }: { site: Pick<Site, 'planMultipleRegions' | 'optOutGlobal'>; home: Region },
): boolean {
  if (scope.kind !== 'any' || scope.region === null || scope.region.name === home.name) return true
  return hasMultipleRegions(site)
}

/** Sends a caller, who has proved who it is, to the host of the home region. */
export function regionMismatch(home: Region, globalOrigin: URL): Problem {
  const host = regionalHost(home, globalOrigin)
  return new Problem('not-authenticated/lockout-region-mismatch', {
    values: { host },
    data: { host },
    headers: { 'X-Files-Host': host },
  })
}
