import { getTableColumns, type Placeholder, SQL, sql } from 'drizzle-orm'
import type { BaseSQLiteDatabase, SQLiteTable } from 'drizzle-orm/sqlite-core'

/** A database, or a builder of compiled statements. */
export type Inserting<RunResult> = Pick<BaseSQLiteDatabase<'async', RunResult>, 'insert'>

/** A value or an expression for every column. */
export type Given<Table extends SQLiteTable> = {
  [Column in keyof Table['$inferSelect']]: Table['$inferSelect'][Column] | SQL | Placeholder
}

/**
 * `INSERT INTO table (…) SELECT … FROM from WHERE where`: inserts a row only if a condition holds, in one statement.
 * Each column stands beside its value, and none can be left out.
 * @param from the source of the rows; without it, one row is inserted
 */
export function insertFrom<Table extends SQLiteTable, RunResult>(
  db: Inserting<RunResult>,
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

/** A placeholder for each column of a table, by its name: what a statement that is built once inserts. */
export function placeholdersOf<Table extends SQLiteTable>(table: Table) {
  const names = Object.keys(getTableColumns(table)) as (keyof Table['$inferSelect'] & string)[]
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as Record<
    (typeof names)[number],
    Placeholder
  >
}

/** Returns a whole row: what is given, and the defaults of the other columns. */
export function rowOf<Table extends SQLiteTable>(
  table: Table,
  given: Table['$inferInsert'],
): Table['$inferSelect'] {
  const values: Record<string, unknown> = given
  const columns = Object.entries(getTableColumns(table)).map(([name, column]) => [
    name,
    values[name] ?? column.default ?? null,
  ])
  return Object.fromEntries(columns)
}
