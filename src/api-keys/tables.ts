import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/** Keys by which programs act for a user. Revoking one deletes its row. Times in milliseconds since 1970. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: integer().primaryKey(),
    /** SHA-256 of the key, which itself is stored nowhere. */
    digest: text().notNull().unique(),
    siteId: integer('site_id')
      .notNull()
      .references(() => sites.id),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    name: text().notNull(),
    /** `desktop_app` keys manage neither users nor keys. */
    permissionSet: text('permission_set', { enum: ['full', 'desktop_app'] }).notNull(),
    /** What the key is used on, in the words of the program that asked for it. */
    platform: text(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at'),
    /** Written at most every 5 minutes; null until it is used. */
    lastUsedAt: integer('last_used_at'),
    /** The pairing that the key was fetched by: of one pairing comes one key. */
    pairingDigest: text('pairing_digest').unique(),
    /** The only address that it is good from, where the site pins paired apps to theirs. */
    address: text(),
  },
  (table) => [
    index('api_keys_user').on(table.userId),
    index('api_keys_expiry').on(table.expiresAt).where(sql`expires_at IS NOT NULL`),
    index('api_keys_unused')
      .on(table.createdAt)
      .where(sql`pairing_digest IS NOT NULL AND last_used_at IS NULL`),
  ],
)
