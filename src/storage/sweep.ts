import { inArray, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { ReplicatedDatabase } from './regional-database.ts'

/** The most rows that one sweep of the oldest reads: as many as the cron deletes from a table in a minute. */
const OLDEST = 20_000

/**
 * Whether a row is among the oldest of its table. For tables whose rows live for minutes: rowids ascend, so the rows
 * that expire first are found without an index. One that lives longer delays at most those far behind it.
 */
export function isAmongOldest(table: SQLiteTable): SQL {
  return sql`rowid < (SELECT min(rowid) FROM ${table}) + ${OLDEST}`
}

/**
 * Deletes up to `limit` rows that a condition holds of, and returns how many.
 * @param key the column that identifies a row of the table
 */
export async function sweepRows(
  database: ReplicatedDatabase,
  key: SQLiteColumn,
  isOld: SQL | undefined,
  limit: number,
): Promise<number> {
  const db = database.primary
  const old = db.select({ key }).from(key.table).where(isOld).limit(limit)
  const swept = await db.delete(key.table).where(inArray(key, old)).returning({ key })
  return swept.length
}
