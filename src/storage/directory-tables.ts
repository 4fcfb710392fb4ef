import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * The directory database: which region a username lives in. All that is known of a user outside it.
 * Subdomains of sites are claimed in it too, under names that no user can have.
 */
export const usernames = sqliteTable('usernames', {
  usernameDigest: text('username_digest').primaryKey(),
  regionCode: integer('region_code').notNull(),
  /** Random; tells the claimer's own claim from one that took it over. */
  claim: text().notNull(),
  claimedAt: integer('claimed_at').notNull(),
  /** Null until the user's row is known to exist. */
  confirmedAt: integer('confirmed_at'),
})
