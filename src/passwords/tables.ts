import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../users/tables.ts'

/** Users' previous passwords, stored only while the site forbids reusing them. */
export const priorPasswords = sqliteTable(
  'prior_passwords',
  {
    id: integer().primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    passwordHash: text('password_hash').notNull(),
    replacedAt: integer('replaced_at').notNull(),
  },
  (table) => [index('prior_passwords_user').on(table.userId, table.replacedAt)],
)

/**
 * Reset codes in use, for locations where KV does not show one yet. A code is valid while it holds the user's current
 * credential version, so using one, or changing the password, voids all.
 */
export const resetCodes = sqliteTable('reset_codes', {
  /** SHA-256 of the code. The code itself is stored nowhere. */
  digest: text().primaryKey(),
  /** A code of a deleted user finds nobody, so no index from users to codes is needed. */
  userId: integer('user_id').notNull(),
  credentialVersion: integer('credential_version').notNull(),
  /** An HMAC of the address that the code was sent to: see reset-code.ts. */
  mailedTo: text('mailed_to'),
  expiresAt: integer('expires_at').notNull(),
})
