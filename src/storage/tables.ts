import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'

/** One row, written every minute at the primary. Reading it together with a session shows how far a replica lags. */
export const heartbeat = sqliteTable('heartbeat', {
  id: integer().primaryKey(),
  beatAt: integer('beat_at').notNull(),
})

/** Accepted forms. The same form sent again within a minute is a second click. */
export const sentForms = sqliteTable('sent_forms', {
  /** A digest of the form and its content. */
  id: integer().primaryKey(),
  /** The sending that was accepted. */
  sending: integer().notNull(),
  expiresAt: integer('expires_at').notNull(),
})
