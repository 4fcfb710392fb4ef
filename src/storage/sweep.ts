import { inArray, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { ReplicatedDatabase } from './regional-database.ts'

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
