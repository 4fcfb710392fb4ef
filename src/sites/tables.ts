import { sql } from 'drizzle-orm'
import { index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull()

export const sites = sqliteTable(
  'sites',
  {
    id: integer().primaryKey(),
    name: text().notNull(),
    /** The first label of the site's own host. */
    subdomain: text().notNull().unique(),
    /** A domain of the site's own. It has no effect until it is verified. */
    domain: text(),
    domainVerifiedAt: integer('domain_verified_at'),
    /** The TXT record that verified it; null if it was verified before this was stored. */
    domainProof: text('domain_proof'),
    /** When the record was last checked, and since when it has been missing. */
    domainCheckedAt: integer('domain_checked_at').notNull().default(0),
    domainMissingSince: integer('domain_missing_since'),
    language: text(),
    createdAt: integer('created_at').notNull(),

    /** Hours of inactivity before a session expires. */
    sessionExpiry: real('session_expiry').notNull().default(6),
    sslRequired: flag('ssl_required').default(true),
    tlsDisabled: flag('tls_disabled').default(false),
    useProvidedModifiedAt: flag('use_provided_modified_at').default(false),
    windowsModeFtp: flag('windows_mode_ftp').default(false),
    /** "One region only": sessions of the site are refused outside its region. */
    optOutGlobal: flag('opt_out_global').default(false),

    /** After this many failures within this many hours, logins are refused for this many hours. */
    userLockout: flag('user_lockout').default(true),
    userLockoutTries: integer('user_lockout_tries').notNull().default(10),
    userLockoutWithin: integer('user_lockout_within').notNull().default(1),
    userLockoutLockPeriod: integer('user_lockout_lock_period').notNull().default(1),

    disablePasswordReset: flag('disable_password_reset').default(false),
    passwordMinLength: integer('password_min_length').notNull().default(15),
    passwordRequireLetter: flag('password_require_letter').default(false),
    passwordRequireMixed: flag('password_require_mixed').default(false),
    passwordRequireNumber: flag('password_require_number').default(false),
    passwordRequireSpecial: flag('password_require_special').default(false),
    /** Days until a password must be changed; 0 for never. */
    passwordValidityDays: integer('password_validity_days').notNull().default(0),
    /** The number of previous passwords that cannot be reused. */
    maxPriorPasswords: integer('max_prior_passwords').notNull().default(0),
    welcomeEmailEnabled: flag('welcome_email_enabled').default(true),

    require2fa: flag('require_2fa').default(false),
    /** Who needs 2FA, and until when (milliseconds since the Unix epoch); null for always. */
    require2faUserType: text('require_2fa_user_type', { enum: ['all', 'site_admins'] })
      .notNull()
      .default('all'),
    require2faStopTime: integer('require_2fa_stop_time'),
    allowed2faMethodSms: flag('allowed_2fa_method_sms').default(true),
    allowed2faMethodTotp: flag('allowed_2fa_method_totp').default(true),
    allowed2faMethodU2f: flag('allowed_2fa_method_u2f').default(true),
    allowed2faMethodYubi: flag('allowed_2fa_method_yubi').default(true),

    /** Set by the plan: the files that one listing may have, and whether all regions may be used. */
    maxDirListingSize: integer('max_dir_listing_size').notNull().default(100_000),
    planMultipleRegions: flag('plan_multiple_regions').default(true),

    /** Whether desktop apps may be paired, whether from one network only, and for how many hours; 0 for no limit. */
    desktopApp: flag('desktop_app').default(true),
    desktopAppSessionIpPinning: flag('desktop_app_session_ip_pinning').default(false),
    desktopAppSessionLifetime: integer('desktop_app_session_lifetime').notNull().default(720),

    /** Whether API keys may create, change and delete keys, users and settings of the site. */
    apiKeysManageCredentials: flag('api_keys_manage_credentials').default(true),

    /** Allowed IP addresses and networks, one per line; empty for all. */
    allowedIps: text('allowed_ips').notNull().default(''),
    /** Whether a session is valid only at the IP address where it began. */
    /** Origins whose pages may call the API at the site's own hosts: exact ones, one a line. */
    allowedOrigins: text('allowed_origins').notNull().default(''),
    sessionPinnedByIp: flag('session_pinned_by_ip').default(false),
    /** Days without a login after which a user cannot log in; 0 for never. */
    disableUsersFromInactivityPeriodDays: integer('disable_users_from_inactivity_period_days')
      .notNull()
      .default(0),
    /** Shown before a login. */
    loginHelpText: text('login_help_text'),

    /** For pages: `#rrggbb`, and the logo's digest; null for the default. */
    accentColor: text('accent_color'),
    logoDigest: text('logo_digest'),

    /** Raised by a trigger when a column changes that decisions depend on. Nothing else writes it. */
    revision: integer().notNull().default(1),
  },
  (table) => [
    uniqueIndex('sites_verified_domain')
      .on(table.domain)
      .where(sql`domain_verified_at IS NOT NULL`),
    index('sites_domain_checked')
      .on(table.domainCheckedAt)
      .where(sql`domain_verified_at IS NOT NULL`),
  ],
)

/** Sites' logos, in a table of their own because a site's row is read with every request. */
export const siteLogos = sqliteTable('site_logos', {
  siteId: integer('site_id')
    .primaryKey()
    .references(() => sites.id),
  mediaType: text('media_type').notNull(),
  /** Base64. */
  data: text().notNull(),
})

/**
 * Host names that sites of this region gave up. Other sites cannot use them for a time, so that none receives the
 * site's users.
 */
export const releasedHosts = sqliteTable(
  'released_hosts',
  {
    /** A subdomain, or a domain, which has a dot. */
    host: text().primaryKey(),
    /** The last site that had it. */
    siteId: integer('site_id').notNull(),
    releasedAt: integer('released_at').notNull(),
  },
  (table) => [index('released_hosts_site').on(table.siteId)],
)
