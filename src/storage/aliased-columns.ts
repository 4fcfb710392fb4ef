import {
  type Column,
  type GetColumnData,
  getTableColumns,
  type SQL,
  sql,
  type Table,
} from 'drizzle-orm'

type Aliased<T extends Table> = {
  [K in keyof T['_']['columns']]: SQL.Aliased<GetColumnData<T['_']['columns'][K]>>
}

/**
 * Every column of a table under a name of its own (`prefix_column`). D1 answers a batch by column
 * name, so a join of two tables that both have an `id` would otherwise lose one of them.
 */
export function aliasedColumns<T extends Table>(table: T, prefix: string): Aliased<T> {
  const columns = Object.entries(getTableColumns(table)).map(([key, column]: [string, Column]) => [
    key,
    sql`${column}`.mapWith(column).as(`${prefix}_${column.name}`),
  ])
  return Object.fromEntries(columns)
}
