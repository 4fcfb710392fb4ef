import { type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { accepts, isLasting, rowAccepts, rowIsLasting, rowNeedsProvider } from '../login/policy.ts'
import { namesHostOf } from '../sites/host-statements.ts'
import type { User } from './account.ts'
import { users } from './tables.ts'

const admin = alias(users, 'admin')

/** The condition that a site has an active admin other than this user, or that this user is no active admin. */
export function othersAdminister({ id, siteId }: { id: number; siteId: number }): SQL {
  return sql`(NOT EXISTS (SELECT 1 FROM users AS admin WHERE admin.id = ${id} AND ${mayAdminister})
    OR EXISTS (SELECT 1 FROM users AS admin WHERE admin.site_id = ${siteId}
      AND admin.id <> ${id} AND ${mayAdminister}))`
}

/**
 * The condition that a site has an active admin who can log in without this strategy, or that no active admin needs
 * it.
 */
export function othersAdministerBut({ id, siteId }: { id: number; siteId: number }): SQL {
  return administeredWithout(siteId, sql`admin.sso_strategy_id = ${id}`)
}

/** The same for all strategies that receive callbacks at a host that the site gives up. */
export function othersAdministerWithoutHost(siteId: number, originNames: string[]): SQL {
  return administeredWithout(
    siteId,
    sql`admin.sso_strategy_id IN (SELECT lost.id FROM sso_strategies AS lost
      WHERE lost.site_id = ${siteId}
        AND lost.origin_name IN (SELECT value FROM json_each(${JSON.stringify(originNames)})))`,
  )
}

function administeredWithout(siteId: number, isOfSuch: SQL): SQL {
  const ofSite = sql`admin.site_id = ${siteId} AND ${mayAdminister}`
  const needsIt = sql`${rowNeedsProvider(admin)} AND ${isOfSuch}`
  return sql`(NOT EXISTS (SELECT 1 FROM users AS admin WHERE ${ofSite} AND ${needsIt})
    OR EXISTS (SELECT 1 FROM users AS admin WHERE ${ofSite} AND NOT (${needsIt})))`
}

/** An active admin can log in and make changes, now and later. `administers` is the same rule for an object. */
const mayAdminister = sql`admin.site_admin AND NOT admin.read_only AND ${rowIsLasting(admin)}
  AND CASE WHEN ${rowAccepts('password', admin)} THEN admin.password_hash IS NOT NULL
    WHEN ${rowAccepts('identity-provider', admin)} THEN EXISTS (SELECT 1 FROM sso_strategies AS strategy
      WHERE strategy.id = admin.sso_strategy_id AND strategy.enabled
        AND ${namesHostOf(sql`strategy.site_id`, sql`strategy.origin_name`)})
    ELSE 0 END`

/** The same for a user as they will be after a change. A strategy that they need must be enabled. */
export function administers(user: User): boolean {
  return (
    user.siteAdmin &&
    !user.readOnly &&
    isLasting(user) &&
    (accepts(user, 'password') ? user.passwordHash !== null : accepts(user, 'identity-provider'))
  )
}
