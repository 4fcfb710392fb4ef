import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * The directory database: the region of each username, which is all that is stored about a user outside their region.
 * Sites' subdomains are claimed in it too, under names that no user can have.
 */
export const usernames = sqliteTable('usernames', {
  usernameDigest: text('username_digest').primaryKey(),
  regionCode: integer('region_code').notNull(),
  /** Random. Tells a claim from one that took it over. */
  claim: text().notNull(),
  claimedAt: integer('claimed_at').notNull(),
  /** Null until the user's row is known to exist. */
  confirmedAt: integer('confirmed_at'),
})
