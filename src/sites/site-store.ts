import { eq } from 'drizzle-orm'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import type { Site } from './site.ts'
import { sites } from './tables.ts'

export type NewSite = typeof sites.$inferInsert

/** The sites of one region. */
export class SiteStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  async withSubdomain(subdomain: string): Promise<Site | null> {
    const [site] = await this.#database.primary
      .select()
      .from(sites)
      .where(eq(sites.subdomain, subdomain))
    return site ?? null
  }

  /** @throws {UniqueViolation} when the subdomain is taken in this region */
  async insert(site: NewSite): Promise<void> {
    await this.#database.primary.insert(sites).values(site)
  }
}
