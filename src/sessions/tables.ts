import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/** The columns of both tables. All times in milliseconds since the Unix epoch. */
const columns = () => ({
  /** The user's version when the session began. If the user's has changed, the session has ended. */
  credentialVersion: integer('credential_version').notNull(),
  /** The configured epoch when the session began. A restored backup is one epoch behind. */
  epoch: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  /** Written at most every 5 minutes. */
  lastUsedAt: integer('last_used_at').notNull(),
  /** When the session expires unless it is used before. */
  timeoutAt: integer('timeout_at').notNull(),
  /** When the session expires however much it is used. */
  endsAt: integer('ends_at').notNull(),
})

const origin = () => ({
  /** Where and by what the session began, so that its user recognizes it. */
  address: text(),
  /** A city and country, if the platform knows them. */
  place: text(),
  userAgent: text('user_agent').notNull().default(''),
  /** When the user last gave a password or second factor. */
  authenticatedAt: integer('authenticated_at').notNull().default(0),
  /** When the user last gave a second factor; 0 for never. */
  secondFactorAt: integer('second_factor_at').notNull().default(0),
})

const idOfSite = () =>
  integer('site_id')
    .notNull()
    .references(() => sites.id)

/**
 * Sessions, under keys that follow from their strings: see session-string.ts. Revoking a session deletes its row. A
 * row stays for a day after its session has timed out, so its times say whether it is active. Every index would cost
 * each login a row.
 */
export const sessions = sqliteTable(
  'keyed_sessions',
  {
    id: integer().primaryKey(),
    /** SHA-256 of the session string, which is stored nowhere. It is the digest of one key, so it needs no index. */
    digest: text().notNull(),
    siteId: idOfSite(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    ...columns(),
    /**
     * The session, in either table, whose login token began this one. A trigger of each table ends this session with
     * that one.
     */
    parentId: integer('parent_id'),
    ...origin(),
    /** Its id before the user last changed the password, because the forms of pages from then belong to it, too. */
    formerId: integer('former_id'),
  },
  (table) => [
    index('keyed_sessions_user').on(table.userId),
    index('keyed_sessions_parent').on(table.parentId).where(sql`parent_id IS NOT NULL`),
  ],
)

/**
 * Former sessions, under random keys, found by their digests. No new ones begin, so the table is empty 30 days after
 * the upgrade, and a later release drops it: see docs/decisions/024-keys-of-sessions.md.
 */
export const formerSessions = sqliteTable(
  'sessions',
  {
    id: integer().primaryKey(),
    digest: text().notNull().unique(),
    siteId: idOfSite(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id),
    ...columns(),
    parentId: integer('parent_id').references((): AnySQLiteColumn => formerSessions.id, {
      onDelete: 'cascade',
    }),
    ...origin(),
  },
  (table) => [
    index('sessions_user').on(table.userId),
    index('sessions_timeout').on(table.timeoutAt),
    index('sessions_parent').on(table.parentId).where(sql`parent_id IS NOT NULL`),
  ],
)

/** Both tables. What revokes, keeps, lists or sweeps sessions does so in each. */
export const sessionTables: readonly SessionTable[] = [sessions, formerSessions]

export type SessionTable = typeof sessions | typeof formerSessions
