import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../../users/tables.ts'

/**
 * Reset codes that are under way, for where KV does not show one yet. A code is good while the user's
 * credential version is the one in it, so using any of them, or changing the password, voids all.
 */
export const resetCodes = sqliteTable(
  'reset_codes',
  {
    /** SHA-256 of the code, which itself is stored nowhere. */
    digest: text().primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    credentialVersion: integer('credential_version').notNull(),
    /** An HMAC of the address that it was mailed to: see reset-code.ts. */
    mailedTo: text('mailed_to'),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    index('reset_codes_age').on(table.expiresAt),
    index('reset_codes_user').on(table.userId),
  ],
)
