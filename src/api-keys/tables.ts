import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/** The permission sets of the Files.com API. */
export const permissionSets = [
  'full',
  'desktop_app',
  'files_only',
  'none',
  'mobile_app',
  'sync_app',
  'office_integration',
] as const

/** Keys by which programs act for a user. A revoked key's row is deleted. Times in milliseconds since 1970. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: integer().primaryKey(),
    /** SHA-256 of the key. The key itself is stored nowhere. */
    digest: text().notNull().unique(),
    siteId: integer('site_id')
      .notNull()
      .references(() => sites.id),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    name: text().notNull(),
    /** All sets but `full` are for file servers and apps. Such keys manage nothing here but themselves. */
    permissionSet: text('permission_set', { enum: permissionSets }).notNull(),
    /** The folder that file servers limit the key to; null for none. */
    path: text(),
    /** The workspace that file servers limit the key to; 0 for none. */
    workspaceId: integer('workspace_id').notNull().default(0),
    description: text().notNull().default(''),
    /** The platform that the key is used on, as the program that requested it describes it. */
    platform: text(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at'),
    /** Stored at most every 5 minutes; null until the first use. */
    lastUsedAt: integer('last_used_at'),
    /** The pairing that the key came from. A pairing creates one key. */
    pairingDigest: text('pairing_digest').unique(),
    /** The only IP address that it works from, if the site pins paired apps. */
    address: text(),
    /** The key that created it, of the same or another user. It is revoked with that key. */
    parentId: integer('parent_id').references((): AnySQLiteColumn => apiKeys.id, {
      onDelete: 'cascade',
    }),
  },
  (table) => [
    index('api_keys_user').on(table.userId),
    index('api_keys_parent').on(table.parentId).where(sql`parent_id IS NOT NULL`),
  ],
)
