import { type SQL, sql } from 'drizzle-orm'

/** Whether a site has an admin without this user, or this one is none that counts. */
export function othersAdminister({ id, siteId }: { id: number; siteId: number }): SQL {
  return sql`(NOT EXISTS (SELECT 1 FROM users AS admin WHERE admin.id = ${id} AND ${mayAdminister})
    OR EXISTS (SELECT 1 FROM users AS admin WHERE admin.site_id = ${siteId}
      AND admin.id <> ${id} AND ${mayAdminister}))`
}

/** An admin who can log in, and will be able to. */
const mayAdminister = sql`admin.site_admin AND NOT admin.disabled AND admin.restapi_permission
  AND admin.authentication_method <> 'none' AND admin.authenticate_until IS NULL`
