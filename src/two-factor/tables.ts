import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/** What a user proves besides the password. All times in milliseconds since the Unix epoch. */
export const secondFactors = sqliteTable(
  'second_factors',
  {
    id: integer().primaryKey(),
    siteId: integer('site_id')
      .notNull()
      .references(() => sites.id),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    method: text({ enum: ['sms', 'totp', 'u2f', 'webauthn', 'yubi'] }).notNull(),
    name: text().notNull(),
    createdAt: integer('created_at').notNull(),
    /** When its user proved to have it; null until then. */
    completedAt: integer('completed_at'),
    lastUsedAt: integer('last_used_at'),

    /** The TOTP secret, sealed. */
    secret: text(),
    /** Where texts go (E.164). */
    phoneNumber: text('phone_number'),
    /** Of a security key: base64url, and the public key as COSE. */
    credentialId: text('credential_id'),
    publicKey: text('public_key'),
    /** The host that it was registered at, as WebAuthn's RP ID. */
    rpId: text('rp_id'),
    /** The AppID that a key was enrolled with by U2F. */
    appId: text('app_id'),
    /** How browsers reach it, in JSON. */
    transports: text(),
    /** The challenge of its registration. */
    challenge: text(),
    /** The first 12 characters of what a Yubikey types. */
    publicId: text('public_id'),

    /**
     * What was used last, which only ever rises: the time step, the signature counter, the Yubikey's
     * counters.
     */
    counter: integer().notNull().default(0),
    /** The code that was sent last: an HMAC; null once it was used. */
    codeDigest: text('code_digest'),
    codeExpiresAt: integer('code_expires_at'),
    codeSentAt: integer('code_sent_at'),
    /** How many wrong ones are left until it is void. */
    codeTries: integer('code_tries').notNull().default(0),
    /** What its last use led to, so that of many at the same time each knows its own. */
    claimedBy: integer('claimed_by'),
  },
  (table) => [
    index('second_factors_user').on(table.userId),
    index('second_factors_host').on(table.siteId, table.rpId).where(sql`rp_id IS NOT NULL`),
    index('second_factors_setup').on(table.createdAt).where(sql`completed_at IS NULL`),
    uniqueIndex('second_factors_credential')
      .on(table.credentialId)
      .where(sql`credential_id IS NOT NULL`),
  ],
)

/** The codes that stand in for a lost second factor. */
export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    /** An HMAC of user and code. */
    digest: text().primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at').notNull(),
    usedAt: integer('used_at'),
    claimedBy: integer('claimed_by'),
  },
  (table) => [index('recovery_codes_user').on(table.userId)],
)

/** Partial sessions that were used or failed: the others are nowhere but with their client. */
export const partialSessions = sqliteTable(
  'partial_sessions',
  {
    jti: text().primaryKey(),
    failures: integer().notNull(),
    /** What it led to. */
    usedBy: integer('used_by'),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('partial_sessions_expiry').on(table.expiresAt)],
)

/** Texts of the last day, for what a site may cause and a number is sent at most. */
export const sentTexts = sqliteTable(
  'sent_texts',
  {
    id: integer().primaryKey(),
    siteId: integer('site_id').notNull(),
    phoneNumber: text('phone_number').notNull(),
    /** The complete factor whose number it is; null while nobody has verified that the number is theirs. */
    verifiedFactorId: integer('verified_factor_id'),
    sentAt: integer('sent_at').notNull(),
  },
  (table) => [
    index('sent_texts_site').on(table.siteId, table.sentAt),
    index('sent_texts_factor')
      .on(table.verifiedFactorId, table.sentAt)
      .where(sql`verified_factor_id IS NOT NULL`),
    index('sent_texts_age').on(table.sentAt),
  ],
)
