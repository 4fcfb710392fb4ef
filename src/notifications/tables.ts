import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

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
    /** The sealed task: see crypto/sealer.ts. */
    sealed: text().notNull(),
    attempts: integer().notNull().default(0),
    /** Nobody else takes it before then. */
    nextAttemptAt: integer('next_attempt_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.nextAttemptAt, table.id] })],
)

/** Emails of the last day that strangers can cause, for a limit per user. */
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

/**
 * Emails of the last day to unverified addresses. They count against the site that caused them. WITHOUT ROWID, as
 * `sent_notices` is: what a site may still send is decided on one range of the key.
 */
export const unverifiedMails = sqliteTable(
  'unverified_mails',
  {
    /** The id of the task in the outbox, if there is one: it counts once, however often it is attempted. */
    id: integer().notNull(),
    siteId: integer('site_id').notNull(),
    /** The address in comparable form. It is not a reference, so that deleting its user resets no count. */
    emailKey: text('email_key').notNull(),
    kind: text().notNull(),
    sentAt: integer('sent_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.kind, table.id] })],
)
