import { and, lt, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { ReplicatedDatabase } from './regional-database.ts'

/** The most rows that one sweep of the oldest reads: as many as the cron deletes from a table in a minute. */
const OLDEST = 20_000

/**
 * Whether a row is among the oldest of its table, from the first whose time is before `before`. For tables in which
 * almost all rows live for minutes: rowids ascend, so the rows that expire first are found without an index, also
 * behind rows that live for a day.
 */
export function isAmongOldest(at: SQLiteColumn, before: number): SQL {
  return sql`rowid < (SELECT min(rowid) FROM ${at.table} WHERE ${lt(at, before)}) + ${OLDEST}`
}

/** The rows of a table that are deleted when they are old. */
export interface SweptRows {
  /** The columns that identify a row. */
  key: [SQLiteColumn, ...SQLiteColumn[]]
  /** The time that makes a row old. */
  at: SQLiteColumn
  /** Only these rows, such as a slice, so that no index of ages is needed. */
  where?: SQL | undefined
}

/** Deletes up to `limit` rows from before `before`, and returns how many. */
export async function sweepRows(
  database: ReplicatedDatabase,
  { key, at, where }: SweptRows,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const [{ table }] = key
  const columns = sql.join(key, sql`, `)
  const old = sql`SELECT ${columns} FROM ${table} WHERE ${and(where, lt(at, before))} LIMIT ${limit}`
  const swept = await database.primary
    .delete(table)
    .where(sql`(${columns}) IN (${old})`)
    .returning({ key: key[0] })
  return swept.length
}
