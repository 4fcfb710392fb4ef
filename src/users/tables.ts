import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import type { Profile } from './kept-fields.ts'
import type { LastLogins } from './last-logins.ts'

export const users = sqliteTable(
  'users',
  {
    id: integer().primaryKey(),
    siteId: integer('site_id')
      .notNull()
      .references(() => sites.id),
    /** As the user spells it. */
    username: text().notNull(),
    /** In comparable form: see username.ts. Unique here, and across regions by the directory. */
    usernameKey: text('username_key').notNull().unique(),
    /** The skeleton of the username: see look-alikes.ts. Null for users of older releases until `users rekey`. */
    usernameSkeleton: text('username_skeleton'),
    email: text(),
    /** The address in comparable form, verified or not. */
    emailKey: text('email_key'),
    /** The address in comparable form if it is verified; else null. */
    verifiedEmailKey: text('verified_email_key'),
    /** How the user may log in. */
    authenticationMethod: text('authentication_method', { enum: ['password', 'sso', 'none'] })
      .notNull()
      .default('password'),
    /** The single sign-on strategy that an admin, or that strategy itself, assigned to the user. */
    ssoStrategyId: integer('sso_strategy_id'),
    /** A PHC string, an imported hash, or null for a user without a password. */
    passwordHash: text('password_hash'),
    passwordSetAt: integer('password_set_at'),
    /** Overrides the site's; 0 means never. */
    passwordValidityDays: integer('password_validity_days'),
    requirePasswordChange: integer('require_password_change', { mode: 'boolean' })
      .notNull()
      .default(false),
    /** False for a shared account, which cannot change its own password. */
    selfManaged: integer('self_managed', { mode: 'boolean' }).notNull().default(true),
    /** Raised by every change that revokes all sessions and codes of the user. */
    credentialVersion: integer('credential_version').notNull().default(1),
    disabled: integer({ mode: 'boolean' }).notNull().default(false),
    siteAdmin: integer('site_admin', { mode: 'boolean' }).notNull().default(false),
    /** Whether the user sees what site admins see. They can change no more than other users. */
    readonlySiteAdmin: integer('readonly_site_admin', { mode: 'boolean' }).notNull().default(false),
    language: text(),
    rootPath: text('root_path').notNull().default(''),
    readOnly: integer('read_only', { mode: 'boolean' }).notNull().default(false),
    sslRequired: text('ssl_required', {
      enum: ['use_system_setting', 'always_require', 'never_require'],
    })
      .notNull()
      .default('use_system_setting'),
    require2fa: text('require_2fa', {
      enum: ['use_system_setting', 'always_require', 'never_require'],
    })
      .notNull()
      .default('use_system_setting'),
    /** The complete 2FA methods in order, such as `sms_totp`; empty for none. */
    typeOf2fa: text('type_of_2fa').notNull().default(''),
    createdAt: integer('created_at').notNull(),
    lastLoginAt: integer('last_login_at'),
    /** When the user last logged in by each interface: see last-logins.ts. */
    lastLogins: text('last_logins', { mode: 'json' }).$type<LastLogins>().notNull().default({}),
    /** Allowed IP addresses and networks, one a line. Empty allows every address. */
    allowedIps: text('allowed_ips').notNull().default(''),
    /** Whether the site's list does not apply to the user. */
    bypassSiteAllowedIps: integer('bypass_site_allowed_ips', { mode: 'boolean' })
      .notNull()
      .default(false),
    /** The user cannot log in from this time on. */
    authenticateUntil: integer('authenticate_until'),
    /** False for a user of other protocols only, whose front ends speak for them. */
    restapiPermission: integer('restapi_permission', { mode: 'boolean' }).notNull().default(true),
    /** What introspection tells front ends of these protocols. */
    ftpPermission: integer('ftp_permission', { mode: 'boolean' }).notNull().default(true),
    sftpPermission: integer('sftp_permission', { mode: 'boolean' }).notNull().default(true),
    davPermission: integer('dav_permission', { mode: 'boolean' }).notNull().default(true),
    /** When an admin last enabled the user. Inactivity counts from then. */
    enabledAt: integer('enabled_at'),
    timeZone: text('time_zone'),
    /** API fields that are stored and returned unchanged, and decide nothing. See kept-fields.ts. */
    profile: text({ mode: 'json' }).$type<Profile>().notNull().default({}),
    /** Wrong 2FA codes after a right password since the last login. */
    wrongCodes: integer('wrong_codes').notNull().default(0),
    /** A trigger raises it whenever a column changes that a decision rests on. Nothing else writes it. */
    revision: integer().notNull().default(1),
  },
  (table) => [
    index('users_site').on(table.siteId),
    index('users_skeleton')
      .on(table.siteId, table.usernameSkeleton)
      .where(sql`username_skeleton IS NOT NULL`),
    index('users_sso_strategy').on(table.ssoStrategyId).where(sql`sso_strategy_id IS NOT NULL`),
    index('users_email').on(table.emailKey).where(sql`email_key IS NOT NULL`),
    index('users_verified_email')
      .on(table.verifiedEmailKey, table.siteId)
      .where(sql`verified_email_key IS NOT NULL`),
  ],
)
