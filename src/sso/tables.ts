import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { sites } from '../sites/tables.ts'

/** The identity providers that a site trusts with its log ins. Times in milliseconds since the Unix epoch. */
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
    /** Whose verified addresses link a user of the site at its first log in: comma-separated, lower case. */
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
  },
  (table) => [uniqueIndex('sso_strategies_site').on(table.siteId, table.provider, table.label)],
)
