import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../users/tables.ts'

/** Failed logins since the last success, by name and host, whether or not a user has the name. */
export const loginFailures = sqliteTable('login_failures', {
  /** HMAC of the name, the host's site, and whether the caller was known to the user. */
  nameDigest: text('name_digest').primaryKey(),
  /** Counted since `windowStartedAt`. */
  failures: integer().notNull(),
  lastFailedAt: integer('last_failed_at').notNull(),
  windowStartedAt: integer('window_started_at').notNull().default(0),
  /** Counted since the last success, whatever the window. */
  inARow: integer('in_a_row').notNull().default(0),
  lockedUntil: integer('locked_until'),
  /** The guesses of the last minute, JSON `[[HMAC, time], …]`, because the same guess counts once. */
  recentGuesses: text('recent_guesses').notNull().default('[]'),
  /** `lockedUntil` as it was before the last failure. */
  lockedBefore: integer('locked_before'),
  /** The id of the attempt that was refused last. */
  lastAttempt: integer('last_attempt'),
  /** The keys of the name's refusals in the history, JSON `{outcome and name: [created_at, id]}`. */
  recorded: text().notNull().default('{}'),
})

/**
 * How many rows the refusals at a site's host, or at the shared hosts (NO_SITE), have added in a day to the login
 * history. Strangers can make the database store such rows.
 */
export const loginBudgets = sqliteTable('login_budgets', {
  siteId: integer('site_id').primaryKey(),
  /** Days since the Unix epoch. */
  day: integer().notNull(),
  spent: integer().notNull(),
})

/**
 * Browsers, and addresses of programs, that have logged a user in. Failures of strangers elsewhere do not lock these
 * out.
 */
export const knownAddresses = sqliteTable(
  'known_addresses',
  {
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** HMAC of the browser's id or, for programs, of the address (its /64 network for IPv6). */
    callerDigest: text('address_digest').notNull(),
    /** The user's version when it was last seen. Once the user has another, the address is no longer known. */
    credentialVersion: integer('credential_version').notNull(),
    /** Written at most once a day. */
    lastSeenAt: integer('last_seen_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.callerDigest] })],
)

/** Used one-time tokens by their `jti`, until they would have expired. */
export const redemptions = sqliteTable('redemptions', {
  jti: text().primaryKey(),
  /** What this use led to, so that the user of a token can tell its own use from another's. */
  sessionId: integer('session_id').notNull(),
  expiresAt: integer('expires_at').notNull(),
})
