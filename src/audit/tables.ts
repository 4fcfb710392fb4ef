import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The site of attempts that named no user on a host of no single site. */
export const NO_SITE = 0

/**
 * Login attempts with the true reason of a refusal. WITHOUT ROWID: a site's attempts are one range in the order of
 * time.
 */
export const loginHistory = sqliteTable(
  'login_history',
  {
    siteId: integer('site_id').notNull(),
    createdAt: integer('created_at').notNull(),
    id: integer().notNull(),
    userId: integer('user_id'),
    /**
     * As it was typed, at most 256 characters. Empty for an unknown name on a host of no single site: it may be a
     * password, or the address of a user who keeps to another region. Empty also for several names.
     */
    username: text().notNull(),
    /** One of loginOutcomes. */
    outcome: text().notNull(),
    sessionId: integer('session_id'),
    address: text(),
    /** At most 200 characters. */
    userAgent: text('user_agent').notNull(),
    requestId: text('request_id').notNull(),
    /** How many attempts this row stands for: see login/refusal-ledger.ts. */
    times: integer().notNull().default(1),
    /** The last of these attempts. */
    lastAt: integer('last_at'),
    lastAddress: text('last_address'),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.createdAt, table.id] })],
)

/** Attempts recorded by releases before `login_history`. They are read and swept, and no longer written. */
export const loginAttempts = sqliteTable(
  'login_attempts',
  {
    id: integer().primaryKey(),
    siteId: integer('site_id'),
    userId: integer('user_id'),
    username: text().notNull(),
    outcome: text().notNull(),
    sessionId: integer('session_id'),
    address: text(),
    userAgent: text('user_agent').notNull(),
    requestId: text('request_id').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    index('login_attempts_site').on(table.siteId, table.createdAt),
    index('login_attempts_age').on(table.createdAt),
  ],
)

/** Changes of a user's credentials apart from logins, and who made them. Never contains a secret. */
export const credentialEvents = sqliteTable(
  'credential_events',
  {
    id: integer().primaryKey(),
    siteId: integer('site_id').notNull(),
    userId: integer('user_id').notNull(),
    /** One of credentialEventKinds. */
    event: text().notNull(),
    /** See CredentialEvent. */
    actor: text().notNull(),
    address: text(),
    userAgent: text('user_agent').notNull(),
    requestId: text('request_id').notNull(),
    createdAt: integer('created_at').notNull(),
    /** The old and new values: JSON `{"field": [before, after]}`. */
    changes: text().notNull().default('{}'),
  },
  (table) => [
    index('credential_events_site').on(table.siteId, table.createdAt),
    index('credential_events_user').on(table.siteId, table.userId, table.createdAt),
  ],
)
