import { type SQL, sql } from 'drizzle-orm'
import { ofHost } from '../sites/of-host.ts'
import { type HostScope, inScope } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import type { Account, User } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { siteAt } from './account-finder.ts'
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
function isNamed({ usernameKey }: User, { nameKey, formerKey }: NamedAttempt): SQL {
  if (usernameKey === formerKey) return sql`${users.usernameKey} = ${formerKey}`
  const ofSite = sql`${users.siteId}`
  if (usernameKey === nameKey)
    return sql`${users.usernameKey} = ${nameKey} AND ${nobodyHasUsername([formerKey], ofSite)}`
  return sql`${users.verifiedEmailKey} = ${meantAddress({ nameKey, formerKey }, ofSite)}
    AND ${nobodyHasUsername([...new Set([formerKey, nameKey])], ofSite)}
    AND 1 = ${countWithAddress({ nameKey, formerKey }, ofSite)}`
}

/** Whether the name still means nobody, as `pickNamed` decides it. */
export function nobodyRemains({ nameKey, formerKey, usersOf }: NamedAttempt): SQL {
  const keys = { nameKey, formerKey }
  const names = [...new Set([formerKey, nameKey])]
  if (usersOf.kind === 'any') return nobodyHasUsername(names, null)
  const ofSite = usersOf.kind === 'site-id' ? sql`${usersOf.siteId}` : siteAt(ofHost(usersOf))
  return sql`${nobodyHasUsername(names, ofSite)} AND 1 <> ${countWithAddress(keys, ofSite)}`
}

type Keys = Pick<NamedAttempt, 'nameKey' | 'formerKey'>

/** @param siteId of the users who count; null for all */
function nobodyHasUsername(keys: string[], siteId: SQL | null): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM users AS named WHERE named.username_key IN ${keys}
    AND ${siteId === null ? sql`1` : sql`named.site_id = ${siteId}`})`
}

function countWithAddress(keys: Keys, siteId: SQL): SQL {
  return sql`(SELECT count(*) FROM users AS named
    WHERE named.verified_email_key = ${meantAddress(keys, siteId)} AND named.site_id = ${siteId})`
}

/** The key of an address that counts: the former one, where a user of the site has it. */
function meantAddress({ nameKey, formerKey }: Keys, siteId: SQL): SQL {
  if (nameKey === formerKey) return sql`${nameKey}`
  return sql`CASE WHEN EXISTS (SELECT 1 FROM users AS former
    WHERE former.verified_email_key = ${formerKey} AND former.site_id = ${siteId})
    THEN ${formerKey} ELSE ${nameKey} END`
}
