import { type SQL, sql } from 'drizzle-orm'
import { insertFrom } from '../storage/insert-from.ts'
import type { Database } from '../storage/regional-database.ts'
import { users } from '../users/tables.ts'
import type { SessionRow } from './session.ts'
import { sessions } from './tables.ts'

/**
 * The statement that starts a session of the user whose row fulfils the condition: with what that row says of site and
 * version, whatever a replica said before.
 */
export function insertSession(db: Database, row: SessionRow, isUser: SQL) {
  return insertFrom(
    db,
    sessions,
    {
      ...row,
      siteId: sql`site_id`,
      userId: sql`id`,
      credentialVersion: sql`credential_version`,
    },
    { from: sql`${users}`, where: isUser },
  )
}
