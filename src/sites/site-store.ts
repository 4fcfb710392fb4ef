import { and, asc, eq, gt } from 'drizzle-orm'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { ofHost } from './of-host.ts'
import type { Site, SiteHost } from './site.ts'
import { sites } from './tables.ts'

export type NewSite = typeof sites.$inferInsert

/** The sites of one region. */
export class SiteStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  async atHost(host: SiteHost): Promise<Site | null> {
    const [site] = await this.#database.primary.select().from(sites).where(ofHost(host))
    return site ?? null
  }

  /** Up to `limit` sites in the order of their subdomains, from the one after `after`. */
  async list(after: string | null, limit: number): Promise<Site[]> {
    return this.#database.primary
      .select()
      .from(sites)
      .where(after === null ? undefined : gt(sites.subdomain, after))
      .orderBy(asc(sites.subdomain))
      .limit(limit)
  }

  /** @throws {UniqueViolation} when the subdomain is taken in this region */
  async insert(site: NewSite): Promise<void> {
    await this.#database.primary.insert(sites).values(site)
  }

  async remove(id: number): Promise<void> {
    await this.#database.primary.delete(sites).where(eq(sites.id, id))
  }

  /** Gives a site another domain, which is still to be proved, or none. */
  async setDomain(id: number, domain: string | null): Promise<Site | null> {
    const [site] = await this.#database.primary
      .update(sites)
      .set({ domain, domainVerifiedAt: null })
      .where(eq(sites.id, id))
      .returning()
    return site ?? null
  }

  /**
   * Records that a site's domain was proved, if it still is the site's. Times in milliseconds.
   * @throws {UniqueViolation} when another site of this region has proved it before
   */
  async recordProof(id: number, domain: string, at: number): Promise<Site | null> {
    const [site] = await this.#database.primary
      .update(sites)
      .set({ domainVerifiedAt: at })
      .where(and(eq(sites.id, id), eq(sites.domain, domain)))
      .returning()
    return site ?? null
  }
}
