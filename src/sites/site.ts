import type { Region, Regions } from '../storage/region.ts'
import type { sites } from './tables.ts'

export type Site = typeof sites.$inferSelect

/** A site's own host: below the global one, or a domain of its own. */
export type SiteHost = { kind: 'site'; subdomain: string } | { kind: 'domain'; domain: string }

/**
 * Which sites a request may speak for, by its host: every one on the global and regional hosts, else one.
 * `region` is that of a regional host.
 */
export type HostScope = { kind: 'any'; region: Region | null } | SiteHost

/** Reads a host name. Pure: whether the host is anybody's is not asked. */
export function hostScope(
  hostname: string,
  hosts: { global: string; regions: Regions },
): HostScope {
  const region = hosts.regions.withHost(hostname)
  if (hostname === hosts.global || region) return { kind: 'any', region }
  const suffix = `.${hosts.global}`
  const label = hostname.endsWith(suffix) ? hostname.slice(0, -suffix.length) : ''
  return isSubdomain(label)
    ? { kind: 'site', subdomain: label }
    : { kind: 'domain', domain: hostname }
}

/** Whether a text can be one label of a host name (RFC 1123 §2.1), in lower case. */
export function isSubdomain(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
}

type Hosts = Pick<Site, 'subdomain' | 'domain' | 'domainVerifiedAt'>

/** Whether a request to this host may speak for the site. */
export function inScope(scope: HostScope, site: Hosts): boolean {
  switch (scope.kind) {
    case 'any':
      return true
    case 'site':
      return scope.subdomain === site.subdomain
    case 'domain':
      return scope.domain === site.domain && site.domainVerifiedAt !== null
  }
}

/** Which of a site's hosts is the one that links to it name. */
export function ownHostKind(site: Hosts): SiteHost['kind'] {
  return site.domain !== null && site.domainVerifiedAt !== null ? 'domain' : 'site'
}

/** What is stored of that host: the domain, which has a dot, or the subdomain, which has none. */
export function ownHostName(site: Hosts): string {
  return hostNamesOf(site)[0] as string
}

/** The names of all hosts that are the site's, as they are stored; the one that links name first. */
export function hostNamesOf({ subdomain, domain, domainVerifiedAt }: Hosts): string[] {
  return domain !== null && domainVerifiedAt !== null ? [domain, subdomain] : [subdomain]
}

/** The host name of a site's host, by what is stored of it: `mysite` or `files.example.org`. */
export function hostnameNamed(name: string, globalOrigin: URL): string {
  return name.includes('.') ? name : `${name}.${globalOrigin.hostname}`
}

/** Its origin, such as `https://mysite.example.com`. */
export function originNamed(name: string, globalOrigin: URL): string {
  const { protocol, port } = globalOrigin
  return `${protocol}//${hostnameNamed(name, globalOrigin)}${port && `:${port}`}`
}

/** The site's own address, such as `https://mysite.example.com`: a proved domain where it has one. */
export function siteOrigin(site: Hosts, globalOrigin: URL): string {
  return originNamed(ownHostName(site), globalOrigin)
}

/** Whether sessions of the site are good in every region. */
export function hasMultipleRegions(
  site: Pick<Site, 'planMultipleRegions' | 'optOutGlobal'>,
): boolean {
  return site.planMultipleRegions && !site.optOutGlobal
}
