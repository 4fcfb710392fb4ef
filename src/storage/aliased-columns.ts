import { Column, getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'

/** D1's limit of arguments to a function. */
const MOST_ARGUMENTS = 32

/**
 * Selects all columns of a table as one column with an alias, which is read back as the row. D1 returns at most 100
 * columns, which a session with its user and site exceeds, and returns batches by column name, so a join would lose
 * one of two `id` columns. A row that an outer join does not find becomes an object of nulls.
 */
export function aliasedColumns<T extends Table>(
  table: T,
  alias: string,
): SQL.Aliased<T['$inferSelect']> {
  const columns = Object.entries(getTableColumns(table)) as [string, Column][]
  const lists = chunked(columns).map(
    (some) =>
      sql`json_array(${sql.join(
        some.map(([, column]) => sql`${column}`),
        sql`, `,
      )})`,
  )
  const fields = columns.map(([name, column]) => ({ name, decode: decoderOf(column) }))
  const read = (json: string): T['$inferSelect'] => {
    const row: Record<string, unknown> = {}
    let nth = 0
    for (const values of JSON.parse(json) as unknown[][])
      for (const value of values) {
        const field = fields[nth++]
        if (field) row[field.name] = value === null ? null : field.decode(value)
      }
    return row
  }
  return sql`json_array(${sql.join(lists, sql`, `)})`.mapWith(read).as(alias)
}

/** Most columns read a value as it is. Calling Drizzle for each of them would cost as much as the rest of the row. */
function decoderOf(column: Column): (value: unknown) => unknown {
  return column.mapFromDriverValue === Column.prototype.mapFromDriverValue
    ? (value) => value
    : (value) => column.mapFromDriverValue(value)
}

function chunked<Element>(all: Element[]): Element[][] {
  const count = Math.ceil(all.length / MOST_ARGUMENTS)
  return Array.from({ length: count }, (_, nth) =>
    all.slice(nth * MOST_ARGUMENTS, (nth + 1) * MOST_ARGUMENTS),
  )
}
