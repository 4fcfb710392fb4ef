import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'
import { users } from '../users/tables.ts'

/** The identity providers that a site trusts with its logins. Times in milliseconds since the Unix epoch. */
export const ssoStrategies = sqliteTable(
  'sso_strategies',
  {
    id: integer().primaryKey(),
    siteId: integer('site_id')
      .notNull()
      .references(() => sites.id),
    /** A key of `providers` in providers.ts. */
    provider: text().notNull(),
    /** The text on the login button; it tells apart several strategies of one provider. */
    label: text().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull().default(true),
    /** The tenant at the provider, such as `acme` in acme.okta.com; empty if the provider has one address for all. */
    subdomain: text().notNull().default(''),
    /** The issuer of a provider that the table in providers.ts does not name; else null. */
    issuer: text(),
    clientId: text('client_id').notNull(),
    /** Sealed. */
    clientSecret: text('client_secret').notNull(),
    /** Verified addresses in these domains link users at their first login: comma-separated, lower case. */
    emailDomains: text('email_domains').notNull().default(''),
    /** Creates users at their first login. */
    provisionUsers: integer('provision_users', { mode: 'boolean' }).notNull().default(false),
    /** Comma-separated groups, one of which is required to log in. Empty: everybody may log in. */
    provisionGroupRequired: text('provision_group_required').notNull().default(''),
    /** Comma-separated patterns with `*` of the groups to store; empty: all. */
    provisionGroupInclusion: text('provision_group_inclusion').notNull().default(''),
    /** Comma-separated patterns of the groups not to store. */
    provisionGroupExclusion: text('provision_group_exclusion').notNull().default(''),
    /** Comma-separated groups that every user has. */
    provisionGroupDefault: text('provision_group_default').notNull().default(''),
    /** Comma-separated groups whose members become site admins. */
    provisionSiteAdminGroups: text('provision_site_admin_groups').notNull().default(''),
    provisionRequire2fa: text('provision_require_2fa', {
      enum: ['use_system_setting', 'always_require', 'never_require'],
    })
      .notNull()
      .default('use_system_setting'),
    createdAt: integer('created_at').notNull(),
    /**
     * The host of the site that receives callbacks: the subdomain, or the domain, which has a dot. It stays when the
     * site's hosts change. Empty: none, and nobody can log in by the strategy.
     */
    originName: text('origin_name').notNull().default(''),
    /** A login has come back to the address, so the provider knows it. */
    originConfirmed: integer('origin_confirmed', { mode: 'boolean' }).notNull().default(false),
    /** Where and when a test login has passed since the settings last changed. */
    testedOriginName: text('tested_origin_name'),
    originTestedAt: integer('origin_tested_at'),
  },
  (table) => [uniqueIndex('sso_strategies_site').on(table.siteId, table.provider, table.label)],
)

/** A user's identity at a provider: issuer and subject, never an address. The strategy is the one that created it. */
export const ssoIdentities = sqliteTable(
  'sso_identities',
  {
    id: integer().primaryKey(),
    siteId: integer('site_id')
      .notNull()
      .references(() => sites.id),
    strategyId: integer('strategy_id')
      .notNull()
      .references(() => ssoStrategies.id, { onDelete: 'cascade' }),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    issuer: text().notNull(),
    subject: text().notNull(),
    /** As the provider last sent it, for people to read. */
    email: text(),
    /** The stored groups, as JSON. */
    groups: text().notNull().default('[]'),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at').notNull(),
  },
  (table) => [
    uniqueIndex('sso_identities_subject').on(table.siteId, table.issuer, table.subject),
    index('sso_identities_user').on(table.userId),
    index('sso_identities_strategy').on(table.strategyId),
  ],
)

/** Sessions that a session at a provider led to, so that its logout revokes them. */
export const ssoSessions = sqliteTable(
  'sso_sessions',
  {
    /** No foreign key, because every logout would pay for it. */
    sessionId: integer('session_id').primaryKey(),
    identityId: integer('identity_id')
      .notNull()
      .references(() => ssoIdentities.id, { onDelete: 'cascade' }),
    /** The provider's `sid`; null if it sent none. */
    providerSession: text('provider_session'),
    createdAt: integer('created_at').notNull(),
    /** The strategy by which the session began: several may share an issuer, and so the identities. */
    strategyId: integer('strategy_id').notNull().default(0),
  },
  (table) => [
    index('sso_sessions_identity').on(table.identityId),
    index('sso_sessions_strategy').on(table.strategyId),
    index('sso_sessions_provider')
      .on(table.providerSession)
      .where(sql`provider_session IS NOT NULL`),
  ],
)
