import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * Reset codes that are under way, for where KV does not show one yet. A code is good while the user's
 * credential version is the one in it, so using any of them, or changing the password, voids all.
 */
export const resetCodes = sqliteTable('reset_codes', {
  /** SHA-256 of the code, which itself is stored nowhere. */
  digest: text().primaryKey(),
  /** A code of a user who is gone finds nobody, so that no index has to lead from users to codes. */
  userId: integer('user_id').notNull(),
  credentialVersion: integer('credential_version').notNull(),
  /** An HMAC of the address that it was mailed to: see reset-code.ts. */
  mailedTo: text('mailed_to'),
  expiresAt: integer('expires_at').notNull(),
})
