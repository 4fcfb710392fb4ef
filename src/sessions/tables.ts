import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/** Live sessions. Ending one deletes its row. All times in milliseconds since the Unix epoch. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: integer().primaryKey(),
    /** SHA-256 of the session string, which itself is stored nowhere. */
    digest: text().notNull().unique(),
    siteId: integer('site_id')
      .notNull()
      .references(() => sites.id),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    /** The user's when the session began; another one now means that the session has ended. */
    credentialVersion: integer('credential_version').notNull(),
    /** The configured epoch when the session began; a restored backup is one epoch behind. */
    epoch: integer().notNull(),
    createdAt: integer('created_at').notNull(),
    /** Written at most every 5 minutes. */
    lastUsedAt: integer('last_used_at').notNull(),
    /** When the session ends unless used before. */
    timeoutAt: integer('timeout_at').notNull(),
    /** When the session ends however much it is used. */
    endsAt: integer('ends_at').notNull(),
    /** The session whose login token began this one; it ends with it. */
    parentId: integer('parent_id').references((): AnySQLiteColumn => sessions.id, {
      onDelete: 'cascade',
    }),
    /** Where and by what the session began, so that its user knows it again. */
    address: text(),
    /** A city and country, as far as the platform knows. */
    place: text(),
    userAgent: text('user_agent').notNull().default(''),
    /** When its user last gave a password or second factor. */
    authenticatedAt: integer('authenticated_at').notNull().default(0),
    /** When its user last gave a second factor; 0 for never. */
    secondFactorAt: integer('second_factor_at').notNull().default(0),
  },
  (table) => [
    index('sessions_user').on(table.userId),
    index('sessions_timeout').on(table.timeoutAt),
    index('sessions_parent').on(table.parentId).where(sql`parent_id IS NOT NULL`),
  ],
)
