import { and, desc, eq, gte, lte, sql } from 'drizzle-orm'
import { RegionStore } from '../storage/region-store.ts'
import type { AttemptPlace } from './attempt-store.ts'
import { credentialEvents } from './tables.ts'

export type RecordedEvent = typeof credentialEvents.$inferSelect

/** Times in milliseconds since the Unix epoch, both included. */
export interface EventFilter {
  siteId: number
  userId?: number | undefined
  event?: string | undefined
  from?: number | undefined
  until?: number | undefined
}

export class CredentialEventStore extends RegionStore {
  /** Up to `limit` events of one site, newest first, from the one after `after`. */
  async list(
    { siteId, userId, event, from, until }: EventFilter,
    after: AttemptPlace | null,
    limit: number,
  ): Promise<RecordedEvent[]> {
    return this.database.nearest
      .select()
      .from(credentialEvents)
      .where(
        and(
          eq(credentialEvents.siteId, siteId),
          userId === undefined ? undefined : eq(credentialEvents.userId, userId),
          event === undefined ? undefined : eq(credentialEvents.event, event),
          from === undefined ? undefined : gte(credentialEvents.createdAt, from),
          until === undefined ? undefined : lte(credentialEvents.createdAt, until),
          after === null
            ? undefined
            : sql`(${credentialEvents.createdAt}, ${credentialEvents.id}) < (${after.createdAt}, ${after.id})`,
        ),
      )
      .orderBy(desc(credentialEvents.createdAt), desc(credentialEvents.id))
      .limit(limit)
  }
}
