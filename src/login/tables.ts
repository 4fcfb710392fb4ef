import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Failed log ins since the last success, by name, whether or not a user has it. */
export const loginFailures = sqliteTable(
  'login_failures',
  {
    nameDigest: text('name_digest').primaryKey(),
    failures: integer().notNull(),
    lastFailedAt: integer('last_failed_at').notNull(),
  },
  (table) => [index('login_failures_age').on(table.lastFailedAt)],
)

/** One-time tokens that were used, by their `jti`, until they would have expired anyway. */
export const redemptions = sqliteTable(
  'redemptions',
  {
    jti: text().primaryKey(),
    /** What this use led to, so that the user of a token can tell its own use from another's. */
    sessionId: integer('session_id').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('redemptions_expiry').on(table.expiresAt)],
)
