import { and, eq, isNotNull, type Placeholder, type SQL } from 'drizzle-orm'
import { sites } from './tables.ts'

type AskedHost =
  | { kind: 'site'; subdomain: string | Placeholder }
  | { kind: 'domain'; domain: string | Placeholder }

/** The condition that a row is the site of this host. */
export function ofHost(host: AskedHost): SQL | undefined {
  return host.kind === 'site'
    ? eq(sites.subdomain, host.subdomain)
    : and(eq(sites.domain, host.domain), isNotNull(sites.domainVerifiedAt))
}
