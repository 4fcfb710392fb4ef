import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import { NullViolation, UniqueViolation } from '../storage/guarded-storage.ts'
import { type Given, type Inserting, insertFrom } from '../storage/insert-from.ts'
import { users } from '../users/tables.ts'
import { formerSessions, sessions } from './tables.ts'

/**
 * The statement that starts a session of the user whose row fulfils the condition: with what that row says of site and
 * version, whatever a replica said before.
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

/** Null, which no row takes, where a session of before has the key. */
export function digestUnlessTaken({ id, digest }: Pick<Given<typeof sessions>, 'id' | 'digest'>) {
  return sql<string>`CASE WHEN EXISTS (SELECT 1 FROM ${formerSessions} WHERE ${formerSessions.id} = ${id})
    THEN NULL ELSE ${digest} END`
}

/** Whether nothing of a batch was done because another session has the key: another string has another one. */
export function isKeyClash(error: unknown): boolean {
  return (
    (error instanceof UniqueViolation && error.message.includes('keyed_sessions.id')) ||
    (error instanceof NullViolation && error.message.includes('keyed_sessions.digest'))
  )
}

/** Whether a session has just been started, for the statements that hang on it. */
export function isStarted(id: number | Placeholder): SQL {
  return sql`EXISTS (SELECT 1 FROM keyed_sessions WHERE id = ${id})`
}
