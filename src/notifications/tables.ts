import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * Work that is done after the reply, and again until it succeeds: mail, and what leads to mail. Its key is the order in
 * which it is done. Like `sent_notices` it is WITHOUT ROWID (docs/storage.md).
 */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer().notNull(),
    /** One of the kinds that the worker knows. */
    kind: text().notNull(),
    /** What is to be done, sealed: see tokens/sealer.ts. */
    sealed: text().notNull(),
    attempts: integer().notNull().default(0),
    /** Nobody else takes it up before then. */
    nextAttemptAt: integer('next_attempt_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.nextAttemptAt, table.id] })],
)

/** Mails of the last day that a stranger can cause a user to be sent, so that nobody is bombed with them. */
export const sentNotices = sqliteTable(
  'sent_notices',
  {
    id: integer().notNull(),
    userId: integer('user_id').notNull(),
    kind: text().notNull(),
    sentAt: integer('sent_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.kind, table.sentAt, table.id] })],
)

/** Mails of the last day to addresses that nobody has verified: they count against the site that asked. */
export const unverifiedMails = sqliteTable(
  'unverified_mails',
  {
    /** Of the task in the outbox, where there is one: however often it is tried, it counts once. */
    id: integer().primaryKey(),
    siteId: integer('site_id').notNull(),
    /** The address as it is compared. By itself, so that deleting its user forgets nothing. */
    emailKey: text('email_key').notNull(),
    kind: text().notNull(),
    sentAt: integer('sent_at').notNull(),
  },
  (table) => [
    index('unverified_mails_site').on(table.siteId, table.kind, table.sentAt),
    index('unverified_mails_age').on(table.sentAt),
  ],
)
