import { type AnyColumn, inArray, type SQL, sql } from 'drizzle-orm'
import { readBoolean } from '../http/boolean-words.ts'
import { readInstant } from '../http/local-time.ts'
import type { ListField, ListParameter } from '../storage/list-query.ts'
import { users } from './tables.ts'
import { rule } from './user-settings.ts'
import { comparableName, nameKeys } from './username.ts'

const equal = ['filter'] as const
const sorted = ['sort_by'] as const
const range = ['filter_gt', 'filter_gteq', 'filter_lt', 'filter_lteq'] as const

/** A name, or an address: rows may have either of its keys. */
function named(column: AnyColumn): ListField {
  const matches = (text: string) => inArray(column, nameKeys(text))
  return {
    by: sql`${column}`,
    read: comparableName,
    matches,
    in: [...sorted, ...equal, 'filter_prefix'],
  }
}

function kept(name: 'name' | 'company'): ListField {
  const by = sql`json_extract(${users.profile}, ${`$.${name}`})`
  return { by, read: (text) => text, in: [...sorted, ...equal, 'filter_prefix'] }
}

function flag(by: SQL, known: readonly ListParameter[]): ListField {
  const read = (word: string) => {
    const isSo = readBoolean(word)
    return isSo === null ? undefined : Number(isSo)
  }
  return { by, read, in: known }
}

function instant(by: SQL): ListField {
  return { by, read: (text) => readInstant(text) ?? undefined, in: [...sorted, ...equal, ...range] }
}

function number(by: SQL, known: readonly ListParameter[]): ListField {
  return { by, read: (text) => (/^\d{1,16}$/.test(text) ? Number(text) : undefined), in: known }
}

/** By what GET /users sorts and filters. */
export const userListFields: Record<string, ListField> = {
  username: named(users.usernameKey),
  email: named(users.emailKey),
  name: kept('name'),
  company: kept('company'),
  site_admin: flag(sql`${users.siteAdmin}`, [...sorted, ...equal]),
  not_site_admin: flag(sql`NOT ${users.siteAdmin}`, equal),
  disabled: flag(sql`${users.disabled}`, [...sorted, ...equal]),
  password_validity_days: number(sql`${users.passwordValidityDays}`, [
    ...sorted,
    ...equal,
    ...range,
  ]),
  ssl_required: {
    by: sql`${users.sslRequired}`,
    read: (text) => rule.safeParse(text).data,
    in: [...sorted, ...equal],
  },
  sso_strategy_id: number(sql`${users.ssoStrategyId}`, equal),
  last_login_at: instant(sql`${users.lastLoginAt}`),
  authenticate_until: instant(sql`${users.authenticateUntil}`),
  last_desktop_login_at: {
    ...instant(sql`json_extract(${users.lastLogins}, '$.desktop')`),
    in: sorted,
  },
  site_id: number(sql`${users.siteId}`, sorted),
  workspace_id: number(sql`0`, sorted),
}
