import { inArray, lt } from 'drizzle-orm'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { credentialEvents } from './tables.ts'

/** What happened to credentials in one region. */
export class CredentialEventStore {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /** Forgets up to `limit` events from before `before`; answers how many. */
  async sweep(before: number, limit: number): Promise<number> {
    const old = this.#database.primary
      .select({ id: credentialEvents.id })
      .from(credentialEvents)
      .where(lt(credentialEvents.createdAt, before))
      .limit(limit)
    const swept = await this.#database.primary
      .delete(credentialEvents)
      .where(inArray(credentialEvents.id, old))
      .returning({ id: credentialEvents.id })
    return swept.length
  }
}
