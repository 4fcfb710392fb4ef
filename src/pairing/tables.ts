import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/**
 * Pairing keys that were polled or decided, in the region that the digest selects, because the device cannot name a
 * home region. All times in milliseconds since the Unix epoch.
 */
export const pairingKeys = sqliteTable('pairing_keys', {
  /** SHA-256 of the pairing key. */
  digest: text().primaryKey(),
  /** Unused. Releases before `pairing_pollers` stored the first poller here. */
  poller: text(),
  /** The region of its approval; null while it is undecided or denied. */
  regionCode: integer('region_code'),
  /** Denied or fetched, and no longer valid. */
  ended: integer({ mode: 'boolean' }).notNull().default(false),
  expiresAt: integer('expires_at').notNull(),
})

/** The networks that poll a pairing key, which its approval page shows. */
export const pairingPollers = sqliteTable(
  'pairing_pollers',
  {
    digest: text()
      .notNull()
      .references(() => pairingKeys.digest, { onDelete: 'cascade' }),
    /** An HMAC of the network, because it is not yet known which region it belongs to. */
    network: text().notNull(),
    /** The sealed location of the first poller of that network. */
    poller: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.digest, table.network] })],
)

/** Approvals that were not fetched yet, in the user's own region. */
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
    /** The user's version at the approval. A change of credentials voids the approval. */
    credentialVersion: integer('credential_version').notNull(),
    /** The app's own description of where it runs. */
    platform: text().notNull(),
    computer: text().notNull(),
    /** When the last of its networks was approved. */
    approvedAt: integer('approved_at').notNull(),
    /** The network of the user who approved it: if the site pins devices, the key must be fetched from there too. */
    network: text(),
    /** A JSON array of the networks that the user has seen and approved. The key can be fetched only from these. */
    networks: text().notNull().default('[]'),
  },
  (table) => [index('pairing_approvals_user').on(table.userId)],
)
