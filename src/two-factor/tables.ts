import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/** Users' 2FA methods. All times in milliseconds since the Unix epoch. */
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
    /** When the user entered the first code; null until then. */
    completedAt: integer('completed_at'),
    lastUsedAt: integer('last_used_at'),

    /** The TOTP secret, sealed. */
    secret: text(),
    /** Where text messages go (E.164). */
    phoneNumber: text('phone_number'),
    /** Security keys: the credential id in base64url, and the public key as COSE. */
    credentialId: text('credential_id'),
    publicKey: text('public_key'),
    /** The host where it was registered, as WebAuthn's RP ID. */
    rpId: text('rp_id'),
    /** The AppID of a key that was enrolled by U2F. */
    appId: text('app_id'),
    /** How browsers reach it, as JSON. */
    transports: text(),
    /** The challenge of its registration. */
    challenge: text(),
    /** The first 12 characters of a Yubikey's passwords. */
    publicId: text('public_id'),

    /** The last value used, which only rises: time step, signature counter, or a Yubikey's counters. */
    counter: integer().notNull().default(0),
    /** An HMAC of the code that was sent last; null once it was used. */
    codeDigest: text('code_digest'),
    codeExpiresAt: integer('code_expires_at'),
    codeSentAt: integer('code_sent_at'),
    /** The wrong codes that are left until it is void. */
    codeTries: integer('code_tries').notNull().default(0),
    /** The id of what its last use led to, so that parallel requests can tell whose use it was. */
    claimedBy: integer('claimed_by'),
  },
  (table) => [
    index('second_factors_user').on(table.userId),
    index('second_factors_host').on(table.siteId, table.rpId).where(sql`rp_id IS NOT NULL`),
    uniqueIndex('second_factors_credential')
      .on(table.credentialId)
      .where(sql`credential_id IS NOT NULL`),
  ],
)

/** Recovery codes, which replace a lost 2FA method. */
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

/** Used and failed partial sessions. Others are stored nowhere but with their client. */
export const partialSessions = sqliteTable('partial_sessions', {
  jti: text().primaryKey(),
  failures: integer().notNull(),
  /** The id of what it led to. */
  usedBy: integer('used_by'),
  expiresAt: integer('expires_at').notNull(),
})

/** The text messages of the last day, for the limits by site and by number. */
export const sentTexts = sqliteTable(
  'sent_texts',
  {
    id: integer().primaryKey(),
    siteId: integer('site_id').notNull(),
    phoneNumber: text('phone_number').notNull(),
    /** The complete method with this number; null while the number is unverified. */
    verifiedFactorId: integer('verified_factor_id'),
    sentAt: integer('sent_at').notNull(),
  },
  (table) => [
    index('sent_texts_site').on(table.siteId, table.sentAt),
    index('sent_texts_factor')
      .on(table.verifiedFactorId, table.sentAt)
      .where(sql`verified_factor_id IS NOT NULL`),
  ],
)
