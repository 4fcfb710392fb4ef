import type { SQL } from 'drizzle-orm'
import type { Database } from '../storage/regional-database.ts'
import { type SessionTable, type sessions, sessionTables } from './tables.ts'

type Which = (table: SessionTable) => SQL | undefined

/** The statements that delete sessions from both tables. */
export function endSessions(db: Database, which: Which) {
  return sessionTables.map((table) =>
    db.delete(table).where(which(table)).returning({ id: table.id }),
  )
}

/** The statements that change sessions in both tables. */
export function changeSessions(
  db: Database,
  changes: { [Name in keyof SessionChanges]?: SessionChanges[Name] | SQL },
  which: Which,
) {
  return sessionTables.map((table) => db.update(table).set(changes).where(which(table)))
}

type SessionChanges = Omit<typeof sessions.$inferInsert, 'id'>
