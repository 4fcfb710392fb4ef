import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'

/**
 * One row, written every minute at the primary. Read in the same statement as a session, it tells how
 * far a replica lags behind.
 */
export const heartbeat = sqliteTable('heartbeat', {
  id: integer().primaryKey(),
  beatAt: integer('beat_at').notNull(),
})
