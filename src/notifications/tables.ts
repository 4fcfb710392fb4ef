import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Work that is done after the reply, and again until it succeeds: mail, and what leads to mail. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer().primaryKey(),
    /** One of the kinds that the worker knows. */
    kind: text().notNull(),
    /** What is to be done, sealed: see tokens/sealer.ts. */
    sealed: text().notNull(),
    attempts: integer().notNull().default(0),
    /** Nobody else takes it up before then. */
    nextAttemptAt: integer('next_attempt_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('outbox_due').on(table.nextAttemptAt)],
)

/** Mails of the last day that a stranger can cause a user to be sent, so that nobody is bombed with them. */
export const sentNotices = sqliteTable(
  'sent_notices',
  {
    id: integer().primaryKey(),
    userId: integer('user_id').notNull(),
    kind: text().notNull(),
    sentAt: integer('sent_at').notNull(),
  },
  (table) => [
    index('sent_notices_user').on(table.userId, table.kind, table.sentAt),
    index('sent_notices_age').on(table.sentAt),
  ],
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
