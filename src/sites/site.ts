import type { Region, Regions } from '../storage/region.ts'
import type { sites } from './tables.ts'

export type Site = typeof sites.$inferSelect

/** A site's own host: a subdomain of the global host, or a domain of its own. */
export type SiteHost = { kind: 'site'; subdomain: string } | { kind: 'domain'; domain: string }

/**
 * The sites that belong to a request's host: all on the global and regional hosts, else one. `region` is that of a
 * regional host.
 */
export type HostScope = { kind: 'any'; region: Region | null } | SiteHost

/** Reads a host name. Does not check whether any site has it. */
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

/** Whether a text can be a label of a host name (RFC 1123 §2.1), in lower case. */
export function isSubdomain(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
}

type Hosts = Pick<Site, 'subdomain' | 'domain' | 'domainVerifiedAt'>

/** Whether a site belongs to a request's host. */
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

/** The kind of a site's main host, which links use. */
export function ownHostKind(site: Hosts): SiteHost['kind'] {
  return site.domain !== null && site.domainVerifiedAt !== null ? 'domain' : 'site'
}

/** The stored name of that host: the domain, which has a dot, or the subdomain, which has none. */
export function ownHostName(site: Hosts): string {
  return hostNamesOf(site)[0] as string
}

/** The stored names of all hosts of a site, the main host first. */
export function hostNamesOf({ subdomain, domain, domainVerifiedAt }: Hosts): string[] {
  return domain !== null && domainVerifiedAt !== null ? [domain, subdomain] : [subdomain]
}

/** Returns the host name for a stored name, such as `mysite.example.com` or `files.example.org`. */
export function hostnameNamed(name: string, globalOrigin: URL): string {
  return name.includes('.') ? name : `${name}.${globalOrigin.hostname}`
}

/** Its origin, such as `https://mysite.example.com`. */
export function originNamed(name: string, globalOrigin: URL): string {
  const { protocol, port } = globalOrigin
  return `${protocol}//${hostnameNamed(name, globalOrigin)}${port && `:${port}`}`
}

/** Returns a site's main origin, such as `https://mysite.example.com`: its verified domain if it has one. */
export function siteOrigin(site: Hosts, globalOrigin: URL): string {
  return originNamed(ownHostName(site), globalOrigin)
}

/** Whether a site's sessions are valid in every region. */
export function hasMultipleRegions(
  site: Pick<Site, 'planMultipleRegions' | 'optOutGlobal'>,
): boolean {
  return site.planMultipleRegions && !site.optOutGlobal
}
