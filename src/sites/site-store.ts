import { and, asc, eq, gt } from 'drizzle-orm'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { ofHost } from './of-host.ts'
import type { Site, SiteHost } from './site.ts'
import { findLogo, type Logo, logoStatements } from './site-logo.ts'
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

  /** The site at a host as the nearest replica knows it: for what pages show, and no decision. */
  async seenAt(host: SiteHost): Promise<Site | null> {
    const [site] = await this.#database.nearest.select().from(sites).where(ofHost(host))
    return site ?? null
  }

  /** The picture of the site at a host, as the nearest replica knows it. */
  logoAt(host: SiteHost, digest: string): Promise<Pick<Logo, 'mediaType' | 'data'> | null> {
    return findLogo(this.#database.nearest, host, digest)
  }

  /** Changes how pages of the site look: what is undefined stays, a logo of null is none. */
  async setLook(
    id: number,
    { logo, ...look }: Partial<Pick<Site, 'name' | 'accentColor'>> & { logo?: Logo | null },
  ): Promise<Site | null> {
    const db = this.#database.primary
    const pictures = logo === undefined ? [] : logoStatements(db, id, logo)
    const changes =
      Object.keys(look).length > 0 ? [db.update(sites).set(look).where(eq(sites.id, id))] : []
    const results = (await db.batch([
      ...changes,
      ...pictures,
      db.select().from(sites).where(eq(sites.id, id)),
    ] as unknown as Parameters<typeof db.batch>[0])) as unknown as [...unknown[], Site[]]
    return (results.at(-1) as Site[])[0] ?? null
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
