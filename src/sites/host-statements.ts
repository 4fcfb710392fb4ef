import { and, eq, isNotNull, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { DAY } from '../storage/clock.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { Database } from '../storage/regional-database.ts'
import type { SiteHost } from './site.ts'
import { releasedHosts, sites } from './tables.ts'

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

/** How long other sites cannot use a host that a site gave up. */
export const REST_MS = 90 * DAY

/**
 * Whether a site has a host, or a site other than `by` gave it up within the waiting period.
 * @param at milliseconds since the Unix epoch
 */
export function isHeld(host: SiteHost, { by, at }: { by: number | null; at: number }): SQL {
  const name = host.kind === 'site' ? host.subdomain : host.domain
  return sql`(EXISTS (SELECT 1 FROM ${sites} WHERE ${ofHost(host)})
    OR EXISTS (SELECT 1 FROM released_hosts WHERE host = ${name} AND site_id IS NOT ${by}
      AND released_at >= ${at - REST_MS}))`
}

/**
 * The statements around a change of a site's hosts. `before` releases all of them, `after` takes back those that the
 * site still has, so that none is ever free in between.
 */
export function aroundHostChange(
  db: Database,
  { id, at }: { id: number; at: number },
  condition: SQL,
) {
  return {
    before: insertFrom(
      db,
      releasedHosts,
      { host: sql`host`, siteId: id, releasedAt: at },
      { from: sql`(${hostsOf(id)})`, where: condition },
    ).onConflictDoUpdate({ target: releasedHosts.host, set: { siteId: id, releasedAt: at } }),
    after: retakes(db, { id }),
  }
}

/** The statement that takes back a site's released hosts. */
export function retakes(db: Database, { id }: { id: number }) {
  return db.delete(releasedHosts).where(sql`site_id = ${id} AND host IN (${hostsOf(id)})`)
}

function hostsOf(siteId: number): SQL {
  return sql`SELECT subdomain AS host FROM ${sites} WHERE id = ${siteId}
    UNION ALL SELECT domain FROM ${sites}
      WHERE id = ${siteId} AND domain_verified_at IS NOT NULL`
}
