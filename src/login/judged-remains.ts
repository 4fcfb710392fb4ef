import { type SQL, sql } from 'drizzle-orm'
import { ofHost } from '../sites/of-host.ts'
import { inScope } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import type { Account } from '../users/account.ts'
import { users } from '../users/tables.ts'
import type { NamedAttempt } from './login-ledger.ts'

/** What a verdict rests on: it holds while these are as they were. */
export const judgedColumns = [
  'credentialVersion',
  'passwordHash',
  'passwordSetAt',
  'passwordValidityDays',
  'requirePasswordChange',
  'selfManaged',
  'disabled',
  'authenticationMethod',
  'typeOf2fa',
  'allowedIps',
  'bypassSiteAllowedIps',
  'authenticateUntil',
  'restapiPermission',
  'enabledAt',
] as const

export const judgedSiteColumns = [
  'passwordValidityDays',
  'planMultipleRegions',
  'optOutGlobal',
  'allowedIps',
  'disableUsersFromInactivityPeriodDays',
] as const

/** Whether the user of a row is in every respect the one that the verdict was reached on. */
export function judgedRemains({ user, site }: Account, attempt: NamedAttempt): SQL {
  const { scope, nameKey } = attempt
  const remains = judgedColumns.map(
    (name) => sql`${users[name]} IS ${sql.param(user[name], users[name])}`,
  )
  const siteRemains = judgedSiteColumns.map(
    (name) => sql`${sites[name]} IS ${sql.param(site[name], sites[name])}`,
  )
  const isNamed =
    user.usernameKey === nameKey
      ? sql`${users.usernameKey} = ${nameKey}`
      : sql`${users.verifiedEmailKey} = ${nameKey} AND ${nobodyHasUsername(attempt)}
          AND 1 = ${countWithAddress(attempt)}`
  const host = scope.kind === 'any' ? undefined : ofHost(scope)
  const isInScope = host ? sql`(${host})` : sql`1`
  return sql`${users.id} = ${user.id} AND ${sql.join(remains, sql` AND `)} AND ${isNamed}
    AND EXISTS (SELECT 1 FROM ${sites} WHERE ${sites.id} = ${users.siteId}
      AND ${sql.join(siteRemains, sql` AND `)}
      AND coalesce(${isInScope}, 0) = ${inScope(scope, site) ? 1 : 0})`
}

/** Whether the name still means nobody, as `pickNamed` decides it. */
export function nobodyRemains(attempt: NamedAttempt): SQL {
  return sql`${nobodyHasUsername(attempt)} AND 1 <> ${countWithAddress(attempt)}`
}

function nobodyHasUsername({ nameKey }: NamedAttempt): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM users AS named WHERE named.username_key = ${nameKey})`
}

function countWithAddress({ nameKey, siteId }: NamedAttempt): SQL {
  return sql`(SELECT count(*) FROM users AS named
    WHERE named.verified_email_key = ${nameKey} AND named.site_id = ${siteId})`
}
