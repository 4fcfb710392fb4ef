import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/**
 * Pairing keys that were polled for or decided, in the region that the digest picks: who asks for one
 * can name no home. All times in milliseconds since the Unix epoch.
 */
export const pairingKeys = sqliteTable(
  'pairing_keys',
  {
    /** SHA-256 of the pairing key. */
    digest: text().primaryKey(),
    /** Not used any more: releases before `pairing_pollers` kept the first poller here. */
    poller: text(),
    /** Where its approval is; null while it is neither approved nor denied. */
    regionCode: integer('region_code'),
    /** Denied, or given out: it is good for nothing any more. */
    ended: integer({ mode: 'boolean' }).notNull().default(false),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('pairing_keys_expiry').on(table.expiresAt)],
)

/** From which networks a pairing key is polled, beside the key: these are what its approval shows. */
export const pairingPollers = sqliteTable(
  'pairing_pollers',
  {
    digest: text()
      .notNull()
      .references(() => pairingKeys.digest, { onDelete: 'cascade' }),
    /** An HMAC of the network: whose region it belongs to is not known yet. */
    network: text().notNull(),
    /** Where the first poller of that network is, sealed. */
    poller: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.digest, table.network] })],
)

/** Approvals that are not fetched yet, in the user's own region. */
export const pairingApprovals = sqliteTable(
  'pairing_approvals',
  {
    digest: text().primaryKey(),
    siteId: integer('site_id')
      .notNull()
      .references(() => sites.id),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    /** The user's when it was approved; another one now means that the approval is void. */
    credentialVersion: integer('credential_version').notNull(),
    /** The app's words for where it runs. */
    platform: text().notNull(),
    computer: text().notNull(),
    /** When the last of its networks was approved. */
    approvedAt: integer('approved_at').notNull(),
    /** Of who approved it: where the site pins devices, the key is fetched from there too. */
    network: text(),
    /** A JSON array of the networks that its user has seen and approved: the key is fetched from these only. */
    networks: text().notNull().default('[]'),
  },
  (table) => [
    index('pairing_approvals_age').on(table.approvedAt),
    index('pairing_approvals_user').on(table.userId),
  ],
)
