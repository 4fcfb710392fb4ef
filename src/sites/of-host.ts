import { and, eq, isNotNull, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { sites } from './tables.ts'

type HostQuery =
  | { kind: 'site'; subdomain: string | Placeholder }
  | { kind: 'domain'; domain: string | Placeholder }

export function ofHost(host: HostQuery): SQL | undefined {
  return host.kind === 'site'
    ? eq(sites.subdomain, host.subdomain)
    : and(eq(sites.domain, host.domain), isNotNull(sites.domainVerifiedAt))
}

/** The condition that a stored name is one of a site's hosts: its subdomain, or its verified domain. */
export function namesHostOf(siteId: SQL, name: SQL): SQL {
  return sql`EXISTS (SELECT 1 FROM sites AS home WHERE home.id = ${siteId}
    AND (home.subdomain = ${name}
      OR (home.domain = ${name} AND home.domain_verified_at IS NOT NULL)))`
}
