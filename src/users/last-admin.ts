import { type SQL, sql } from 'drizzle-orm'
import type { User } from './account.ts'

/** Whether a site has an admin without this user, or this one is none that counts. */
export function othersAdminister({ id, siteId }: { id: number; siteId: number }): SQL {
  return sql`(NOT EXISTS (SELECT 1 FROM users AS admin WHERE admin.id = ${id} AND ${mayAdminister})
    OR EXISTS (SELECT 1 FROM users AS admin WHERE admin.site_id = ${siteId}
      AND admin.id <> ${id} AND ${mayAdminister}))`
}

/** Whether a site has an admin who needs no such strategy to log in, or none that counts needs it. */
export function othersAdministerBut(strategy: { id: number; siteId: number }): SQL {
  const ofSite = sql`admin.site_id = ${strategy.siteId} AND ${mayAdminister}`
  const needsIt = sql`admin.authentication_method = 'sso' AND admin.sso_strategy_id = ${strategy.id}`
  return sql`(NOT EXISTS (SELECT 1 FROM users AS admin WHERE ${ofSite} AND ${needsIt})
    OR EXISTS (SELECT 1 FROM users AS admin WHERE ${ofSite} AND NOT (${needsIt})))`
}

/** An admin who can log in, will be able to, and may change something. `administers` says the same. */
const mayAdminister = sql`admin.site_admin AND NOT admin.disabled AND NOT admin.read_only
  AND admin.restapi_permission AND admin.authenticate_until IS NULL
  AND CASE admin.authentication_method
    WHEN 'password' THEN admin.password_hash IS NOT NULL
    WHEN 'sso' THEN EXISTS (SELECT 1 FROM sso_strategies AS strategy
      WHERE strategy.id = admin.sso_strategy_id AND strategy.enabled)
    ELSE 0 END`

/** The same of a user as it is about to be, whose strategy, where it needs one, is on. */
export function administers(user: User): boolean {
  return (
    user.siteAdmin &&
    !user.disabled &&
    !user.readOnly &&
    user.restapiPermission &&
    user.authenticateUntil === null &&
    (user.authenticationMethod === 'password'
      ? user.passwordHash !== null
      : user.authenticationMethod === 'sso')
  )
}
