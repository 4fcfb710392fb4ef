import { asc, eq, gt, sql } from 'drizzle-orm'
import { RegionStore } from '../storage/region-store.ts'
import { isHeld, ofHost } from './host-statements.ts'
import type { Site, SiteHost } from './site.ts'
import { findLogo, type Logo } from './site-logo.ts'
import { sites } from './tables.ts'

export type NewSite = typeof sites.$inferInsert

export class SiteStore extends RegionStore {
  async atHost(host: SiteHost): Promise<Site | null> {
    const [site] = await this.db.select().from(sites).where(ofHost(host))
    return site ?? null
  }

  /** Whether a host is unavailable: another site has it, or gave it up recently. */
  async holds(host: SiteHost, claimant: { by: number | null; at: number }): Promise<boolean> {
    const [answer] = await this.db.all<{ held: number }>(
      sql`SELECT ${isHeld(host, claimant)} AS held`,
    )
    return answer?.held === 1
  }

  async withId(id: number): Promise<Site | null> {
    const [site] = await this.db.select().from(sites).where(eq(sites.id, id))
    return site ?? null
  }

  /** The site at a host, from the nearest replica. For display only. */
  async seenAt(host: SiteHost): Promise<Site | null> {
    const [site] = await this.database.nearest.select().from(sites).where(ofHost(host))
    return site ?? null
  }

  logoAt(host: SiteHost, digest: string): Promise<Pick<Logo, 'mediaType' | 'data'> | null> {
    return findLogo(this.database.nearest, host, digest)
  }

  /** Lists up to `limit` sites by subdomain, after `after`. */
  async list(after: string | null, limit: number): Promise<Site[]> {
    return this.db
      .select()
      .from(sites)
      .where(after === null ? undefined : gt(sites.subdomain, after))
      .orderBy(asc(sites.subdomain))
      .limit(limit)
  }

  /** @throws {UniqueViolation} if the subdomain is taken in this region */
  async insert(site: NewSite): Promise<void> {
    await this.db.insert(sites).values(site)
  }

  async remove(id: number): Promise<void> {
    await this.db.delete(sites).where(eq(sites.id, id))
  }
}
