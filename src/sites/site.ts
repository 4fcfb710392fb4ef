import type { sites } from './tables.ts'

export type Site = typeof sites.$inferSelect

/** The part of a request's host that decides which sites it may speak for. */
export type HostScope =
  /** The global host, or a region's: any site. */
  | { kind: 'any' }
  /** A site's own host: that site only. */
  | { kind: 'site'; subdomain: string }

/** Reads a host name. Pure: which hosts exist is not asked. */
export function hostScope(
  hostname: string,
  hosts: { global: string; regions: readonly string[] },
): HostScope | null {
  if (hostname === hosts.global || hosts.regions.includes(hostname)) return { kind: 'any' }
  const suffix = `.${hosts.global}`
  const label = hostname.endsWith(suffix) ? hostname.slice(0, -suffix.length) : ''
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)
    ? { kind: 'site', subdomain: label }
    : null
}

/** Whether a request to this host may speak for the site. */
export function inScope(scope: HostScope, site: Pick<Site, 'subdomain'>): boolean {
  return scope.kind === 'any' || scope.subdomain === site.subdomain
}

/** The site's own address, such as `https://mysite.example.com`. */
export function siteOrigin(site: Pick<Site, 'subdomain'>, globalOrigin: URL): string {
  return `${globalOrigin.protocol}//${site.subdomain}.${globalOrigin.host}`
}

/** Whether sessions of the site are good in every region. */
export function hasMultipleRegions(
  site: Pick<Site, 'planMultipleRegions' | 'optOutGlobal'>,
): boolean {
  return site.planMultipleRegions && !site.optOutGlobal
}
