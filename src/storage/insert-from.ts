import { getTableColumns, type Placeholder, SQL, sql } from 'drizzle-orm'
import type { BaseSQLiteDatabase, SQLiteTable } from 'drizzle-orm/sqlite-core'

/** What every column of a table is given: a value, or what the statement reads from elsewhere. */
type Given<Table extends SQLiteTable> = {
  [Column in keyof Table['$inferSelect']]: Table['$inferSelect'][Column] | SQL | Placeholder
}

/**
 * `INSERT INTO table (…) SELECT … FROM from WHERE where`: inserts a row only where a condition holds, in the statement
 * that decides it. Each column stands beside what it is given, and none can be forgotten.
 * @param from what is selected from: each of its rows is one row here; one row is inserted where nothing is given
 */
export function insertFrom<Table extends SQLiteTable, RunResult>(
  db: Pick<BaseSQLiteDatabase<'async', RunResult>, 'insert'>,
  table: Table,
  given: Given<Table>,
  { from, where }: { from?: SQL; where: SQL },
) {
  const values: Record<string, unknown> = given
  const selected = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value = values[name]
    return value instanceof SQL ? value : sql`${sql.param(value, column)}`
  })
  const source = from ? sql` FROM ${from}` : sql``
  const rows = sql`SELECT ${sql.join(selected, sql`, `)}${source} WHERE ${where}`
  return db.insert(table).select(rows)
}
