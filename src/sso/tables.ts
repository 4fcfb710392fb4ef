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
    /** One of providers.ts. */
    provider: text().notNull(),
    /** What people read on its button; tells several of one provider apart. */
    label: text().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull().default(true),
    /** What names the site at the provider, such as `acme` in acme.okta.com; empty where it is one for all. */
    subdomain: text().notNull().default(''),
    /** The issuer of a provider that is known by nothing else; else null. */
    issuer: text(),
    clientId: text('client_id').notNull(),
    /** Sealed. */
    clientSecret: text('client_secret').notNull(),
    /** Whose verified addresses link a user of the site at its first login: comma-separated, lower case. */
    emailDomains: text('email_domains').notNull().default(''),
    /** Whether who is nobody here becomes a user. */
    provisionUsers: integer('provision_users', { mode: 'boolean' }).notNull().default(false),
    /** Comma-separated: who is in none of them stays out. Empty: everybody may come in. */
    provisionGroupRequired: text('provision_group_required').notNull().default(''),
    /** Comma-separated patterns with `*`: the groups that are kept of a user; empty for all. */
    provisionGroupInclusion: text('provision_group_inclusion').notNull().default(''),
    /** The same, for those that are not. */
    provisionGroupExclusion: text('provision_group_exclusion').notNull().default(''),
    /** Comma-separated: what every user is in besides. */
    provisionGroupDefault: text('provision_group_default').notNull().default(''),
    /** Comma-separated: who is in one of them becomes a site admin. */
    provisionSiteAdminGroups: text('provision_site_admin_groups').notNull().default(''),
    provisionRequire2fa: text('provision_require_2fa', {
      enum: ['use_system_setting', 'always_require', 'never_require'],
    })
      .notNull()
      .default('use_system_setting'),
    createdAt: integer('created_at').notNull(),
    /**
     * Which host of the site its redirect address is at: the site's subdomain, or its domain, which has a dot.
     * It stays what it is when the site's hosts change. Empty: none, and nobody logs in by it.
     */
    originName: text('origin_name').notNull().default(''),
    /** Whether a login has come back to that address: the provider knows it. */
    originConfirmed: integer('origin_confirmed', { mode: 'boolean' }).notNull().default(false),
    /** Where a test login has passed since its settings were changed last, and when. */
    testedOriginName: text('tested_origin_name'),
    originTestedAt: integer('origin_tested_at'),
  },
  (table) => [uniqueIndex('sso_strategies_site').on(table.siteId, table.provider, table.label)],
)

/** Who a user is at a provider: by issuer and subject, never by an address. Of the strategy that made it. */
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
    /** As the provider told it last; for people to read. */
    email: text(),
    /** What is kept of the groups that the provider told last: JSON. */
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

/** The sessions here that a session at a provider led to, so that its logout ends them. */
export const ssoSessions = sqliteTable(
  'sso_sessions',
  {
    /** No foreign key: every logout would pay for it. */
    sessionId: integer('session_id').primaryKey(),
    identityId: integer('identity_id')
      .notNull()
      .references(() => ssoIdentities.id, { onDelete: 'cascade' }),
    /** The provider's `sid`; null where it told none. */
    providerSession: text('provider_session'),
    createdAt: integer('created_at').notNull(),
    /** By which it began: several may have one issuer, and so the same identities. */
    strategyId: integer('strategy_id').notNull().default(0),
  },
  (table) => [
    index('sso_sessions_identity').on(table.identityId),
    index('sso_sessions_strategy').on(table.strategyId),
    index('sso_sessions_age').on(table.createdAt),
    index('sso_sessions_provider')
      .on(table.providerSession)
      .where(sql`provider_session IS NOT NULL`),
  ],
)
