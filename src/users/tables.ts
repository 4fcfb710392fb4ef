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
    /** As the user writes it. */
    username: text().notNull(),
    /** As it is compared: see username.ts. Unique here, and across regions by the directory. */
    usernameKey: text('username_key').notNull().unique(),
    /** What the username looks like: see look-alikes.ts. Null until `users rekey` for users from before. */
    usernameSkeleton: text('username_skeleton'),
    email: text(),
    /** The address as it is compared, whether or not it is known to be the user's. */
    emailKey: text('email_key'),
    /** The address as it is compared, once it is known to be the user's; else null. */
    verifiedEmailKey: text('verified_email_key'),
    /** How the user may log in. */
    authenticationMethod: text('authentication_method', { enum: ['password', 'sso', 'none'] })
      .notNull()
      .default('password'),
    /** The single sign-on strategy that an admin, or that strategy itself, has named for the user. */
    ssoStrategyId: integer('sso_strategy_id'),
    /** A PHC string, an imported hash, or null for a user without a password. */
    passwordHash: text('password_hash'),
    passwordSetAt: integer('password_set_at'),
    /** Wins over the site's; 0 is never. */
    passwordValidityDays: integer('password_validity_days'),
    requirePasswordChange: integer('require_password_change', { mode: 'boolean' })
      .notNull()
      .default(false),
    /** False for a user that several people or a machine share: it is nobody's to change its password. */
    selfManaged: integer('self_managed', { mode: 'boolean' }).notNull().default(true),
    /** Raised by whatever must end every session and code of the user. */
    credentialVersion: integer('credential_version').notNull().default(1),
    disabled: integer({ mode: 'boolean' }).notNull().default(false),
    siteAdmin: integer('site_admin', { mode: 'boolean' }).notNull().default(false),
    /** Whether the user sees what a site admin sees, and changes no more of it than other users do. */
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
    /** The methods of the complete second factors, in order, such as `sms_totp`; empty for none. */
    typeOf2fa: text('type_of_2fa').notNull().default(''),
    createdAt: integer('created_at').notNull(),
    lastLoginAt: integer('last_login_at'),
    /** When the user last logged in by each interface; see last-logins.ts. */
    lastLogins: text('last_logins', { mode: 'json' }).$type<LastLogins>().notNull().default({}),
    /** Where the user may come from: addresses and networks, one a line; empty for anywhere. */
    allowedIps: text('allowed_ips').notNull().default(''),
    /** Whether the site's list is not the user's. */
    bypassSiteAllowedIps: integer('bypass_site_allowed_ips', { mode: 'boolean' })
      .notNull()
      .default(false),
    /** From then on the user is let in no more. */
    authenticateUntil: integer('authenticate_until'),
    /** False for a user of other protocols only, whose front ends speak for it. */
    restapiPermission: integer('restapi_permission', { mode: 'boolean' }).notNull().default(true),
    /** What front ends of these protocols are told at introspection. */
    ftpPermission: integer('ftp_permission', { mode: 'boolean' }).notNull().default(true),
    sftpPermission: integer('sftp_permission', { mode: 'boolean' }).notNull().default(true),
    davPermission: integer('dav_permission', { mode: 'boolean' }).notNull().default(true),
    /** When an admin enabled the user last: staying away counts from then. */
    enabledAt: integer('enabled_at'),
    timeZone: text('time_zone'),
    /** What the API keeps of a user and gives back as it was sent: it decides nothing. See kept-fields.ts. */
    profile: text({ mode: 'json' }).$type<Profile>().notNull().default({}),
    /** Of a second factor, after a right password, since the last login. */
    wrongCodes: integer('wrong_codes').notNull().default(0),
    /** Raised by a trigger whenever a column changes that a decision rests on. Nothing else writes it. */
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
