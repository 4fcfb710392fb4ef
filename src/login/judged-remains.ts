import { type SQL, sql } from 'drizzle-orm'
import { ofHost } from '../sites/of-host.ts'
import { type HostScope, inScope } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import type { Account, User } from '../users/account.ts'
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
  'allowed2faMethodU2f',
] as const

/** Whether the user of a row is in every respect the one that the verdict was reached on, and bears the name. */
export function judgedRemains(account: Account, attempt: NamedAttempt): SQL {
  return sql`${accountRemains(account, attempt.scope)} AND ${isNamed(account.user, attempt)}`
}

/** The same, whatever the user is called. */
export function accountRemains({ user, site }: Account, scope: HostScope): SQL {
  const remains = judgedColumns.map(
    (name) => sql`${users[name]} IS ${sql.param(user[name], users[name])}`,
  )
  const siteRemains = judgedSiteColumns.map(
    (name) => sql`${sites[name]} IS ${sql.param(site[name], sites[name])}`,
  )
  const host = scope.kind === 'any' ? undefined : ofHost(scope)
  const isInScope = host ? sql`(${host})` : sql`1`
  return sql`${users.id} = ${user.id} AND ${sql.join(remains, sql` AND `)}
    AND EXISTS (SELECT 1 FROM ${sites} WHERE ${sites.id} = ${users.siteId}
      AND ${sql.join(siteRemains, sql` AND `)}
      AND coalesce(${isInScope}, 0) = ${inScope(scope, site) ? 1 : 0})`
}

/** Whether the name still means this user, as `pickNamed` decides it. */
function isNamed({ usernameKey }: User, attempt: NamedAttempt): SQL {
  const { nameKey, formerKey } = attempt
  if (usernameKey === formerKey) return sql`${users.usernameKey} = ${formerKey}`
  if (usernameKey === nameKey)
    return sql`${users.usernameKey} = ${nameKey} AND ${nobodyHasUsername([formerKey])}`
  return sql`${users.verifiedEmailKey} = ${meantAddress(attempt)}
    AND ${nobodyHasUsername([...new Set([formerKey, nameKey])])}
    AND 1 = ${countWithAddress(attempt)}`
}

/** Whether the name still means nobody, as `pickNamed` decides it. */
export function nobodyRemains(attempt: NamedAttempt): SQL {
  const { nameKey, formerKey } = attempt
  return sql`${nobodyHasUsername([...new Set([formerKey, nameKey])])}
    AND 1 <> ${countWithAddress(attempt)}`
}

function nobodyHasUsername(keys: string[]): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM users AS named WHERE named.username_key IN ${keys})`
}

function countWithAddress(attempt: NamedAttempt): SQL {
  return sql`(SELECT count(*) FROM users AS named
    WHERE named.verified_email_key = ${meantAddress(attempt)} AND named.site_id = ${attempt.siteId})`
}

/** The key of an address that counts: the former one, where a user of the site has it. */
function meantAddress({ nameKey, formerKey, siteId }: NamedAttempt): SQL {
  if (nameKey === formerKey) return sql`${nameKey}`
  return sql`CASE WHEN EXISTS (SELECT 1 FROM users AS former
    WHERE former.verified_email_key = ${formerKey} AND former.site_id = ${siteId})
    THEN ${formerKey} ELSE ${nameKey} END`
}
