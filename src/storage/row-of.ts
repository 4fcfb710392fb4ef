import { getTableColumns } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

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
