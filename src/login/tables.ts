import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Failed log ins since the last success, by name, whether or not a user has it. */
export const loginFailures = sqliteTable('login_failures', {
  nameDigest: text('name_digest').primaryKey(),
  failures: integer().notNull(),
  lastFailedAt: integer('last_failed_at').notNull(),
})
