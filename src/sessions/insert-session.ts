import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import { NullViolation, UniqueViolation } from '../storage/guarded-storage.ts'
import { type Given, type Inserting, insertFrom } from '../storage/insert-from.ts'
import { users } from '../users/tables.ts'
import { formerSessions, sessions } from './tables.ts'

/**
 * The statement that starts a session of the user whose row meets the condition. Site and version come from that row,
 * not from a replica.
 * @throws see isKeyClash
 */
export function insertSession<RunResult>(
  db: Inserting<RunResult>,
  row: Given<typeof sessions>,
  isUser: SQL,
) {
  return insertFrom(
    db,
    sessions,
    {
      ...row,
      digest: digestUnlessTaken(row),
      siteId: sql`site_id`,
      userId: sql`id`,
      credentialVersion: sql`credential_version`,
    },
    { from: sql`${users}`, where: isUser },
  )
}

/** Null if a former session has the key, because no row accepts a null digest. */
export function digestUnlessTaken({ id, digest }: Pick<Given<typeof sessions>, 'id' | 'digest'>) {
  return sql<string>`CASE WHEN EXISTS (SELECT 1 FROM ${formerSessions} WHERE ${formerSessions.id} = ${id})
    THEN NULL ELSE ${digest} END`
}

/** Whether a batch failed because another session has the key. A new string gets a new key. */
export function isKeyClash(error: unknown): boolean {
  return (
    (error instanceof UniqueViolation && error.message.includes('keyed_sessions.id')) ||
    (error instanceof NullViolation && error.message.includes('keyed_sessions.digest'))
  )
}

/** Whether a session was just started, for statements that depend on it. */
export function isStarted(id: number | Placeholder): SQL {
  return sql`EXISTS (SELECT 1 FROM keyed_sessions WHERE id = ${id})`
}
