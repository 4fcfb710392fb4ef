import { getTableColumns, type Placeholder, SQL, sql } from 'drizzle-orm'
import type { BaseSQLiteDatabase, SQLiteTable } from 'drizzle-orm/sqlite-core'

/** A value or an expression for every column. */
type Given<Table extends SQLiteTable> = {
  [Column in keyof Table['$inferSelect']]: Table['$inferSelect'][Column] | SQL | Placeholder
}

/**
 * `INSERT INTO table (…) SELECT … FROM from WHERE where`: inserts a row only if a condition holds, in one statement.
 * Each column stands beside its value, and none can be left out.
 * @param from the source of the rows; without it, one row is inserted
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
