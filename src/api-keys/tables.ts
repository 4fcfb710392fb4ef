import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/** What a key may do, as the Files.com API calls it. */
export const permissionSets = [
  'full',
  'desktop_app',
  'files_only',
  'none',
  'mobile_app',
  'sync_app',
  'office_integration',
] as const

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
    /** All but `full` are for file servers and apps: such keys manage nothing here but themselves. */
    permissionSet: text('permission_set', { enum: permissionSets }).notNull(),
    /** The folder that the key is limited to, by file servers; null for none. */
    path: text(),
    /** The workspace that the key is limited to, by file servers; 0 for none. */
    workspaceId: integer('workspace_id').notNull().default(0),
    description: text().notNull().default(''),
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
    /** The key that made it, of the same or another user: a key ends with the one that made it. */
    parentId: integer('parent_id').references((): AnySQLiteColumn => apiKeys.id, {
      onDelete: 'cascade',
    }),
  },
  (table) => [
    index('api_keys_user').on(table.userId),
    index('api_keys_parent').on(table.parentId).where(sql`parent_id IS NOT NULL`),
    index('api_keys_expiry').on(table.expiresAt).where(sql`expires_at IS NOT NULL`),
    index('api_keys_unused')
      .on(table.createdAt)
      .where(sql`pairing_digest IS NOT NULL AND last_used_at IS NULL`),
  ],
)
