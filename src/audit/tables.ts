import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The site of attempts that named nobody and came in on no site's host. */
export const NO_SITE = 0

/** Login attempts, with the true reason of a refusal. WITHOUT ROWID: a site's are one range, in the order of time. */
export const loginHistory = sqliteTable(
  'login_history',
  {
    siteId: integer('site_id').notNull(),
    createdAt: integer('created_at').notNull(),
    id: integer().notNull(),
    userId: integer('user_id'),
    /**
     * As it was typed, at most 256 characters. Empty where it is nobody's and the host no site's: it may be
     * a password, or the address of a user who keeps to another region. Empty also for several names.
     */
    username: text().notNull(),
    /** One of loginOutcomes. */
    outcome: text().notNull(),
    sessionId: integer('session_id'),
    address: text(),
    /** At most 200 characters. */
    userAgent: text('user_agent').notNull(),
    requestId: text('request_id').notNull(),
    /** How many attempts this row stands for: see login/refusal-statements.ts. */
    times: integer().notNull().default(1),
    /** Of the last of several attempts. */
    lastAt: integer('last_at'),
    lastAddress: text('last_address'),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.createdAt, table.id] })],
)

/** The attempts of releases before `login_history`, which are read and swept and no longer written. */
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

/** What happened to a user's credentials besides logins, and who did it. Never with a secret. */
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
    /** What was, and what is: JSON `{"field": [before, after]}`. */
    changes: text().notNull().default('{}'),
  },
  (table) => [
    index('credential_events_site').on(table.siteId, table.createdAt),
    index('credential_events_user').on(table.siteId, table.userId, table.createdAt),
    index('credential_events_age').on(table.createdAt),
  ],
)
