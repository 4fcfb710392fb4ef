import { and, eq, isNotNull, type SQL } from 'drizzle-orm'
import type { SiteHost } from './site.ts'
import { sites } from './tables.ts'

/** The condition that a row is the site of this host. */
export function ofHost(host: SiteHost): SQL | undefined {
  return host.kind === 'site'
    ? eq(sites.subdomain, host.subdomain)
    : and(eq(sites.domain, host.domain), isNotNull(sites.domainVerifiedAt))
}
