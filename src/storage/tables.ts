import { index, integer, sqliteTable } from 'drizzle-orm/sqlite-core'

/**
 * One row, written every minute at the primary. Read in the same statement as a session, it tells how
 * far a replica lags behind.
 */
export const heartbeat = sqliteTable('heartbeat', {
  id: integer().primaryKey(),
  beatAt: integer('beat_at').notNull(),
})

/** Forms of pages that were taken: the same one, sent again within a minute, is a second click. */
export const sentForms = sqliteTable(
  'sent_forms',
  {
    /** Of the form and what was typed into it, by their digest. */
    id: integer().primaryKey(),
    /** The one sending of it that counts. */
    sending: integer().notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('sent_forms_expiry').on(table.expiresAt)],
)
