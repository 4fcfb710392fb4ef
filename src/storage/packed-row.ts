import { Column, getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'

/**
 * Returns a function that makes records of the same keys, given their values in order. V8 copies a record several times
 * faster than it adds the keys one by one.
 */
export function recordsOf<Key extends string>(
  keys: readonly Key[],
): <Value>(values: readonly Value[]) => Record<Key, Value> {
  // Parsing gives the copied record the form that V8 reads fastest.
  const empty = JSON.parse(JSON.stringify(Object.fromEntries(keys.map((key) => [key, null]))))
  return (values) => {
    const record = { ...empty }
    for (let index = 0; index < keys.length; index++) record[keys[index] as Key] = values[index]
    return record
  }
}

/** D1's limit of arguments to a function. */
const MOST_ARGUMENTS = 32

/**
 * A row that is selected as one column. D1 returns at most 100 columns, which a session with its user and site
 * exceeds, and returns batches by column name, so a join would lose one of two `id` columns.
 */
export interface PackedRow<Row> {
  column: SQL.Aliased<Row>
  /** Reads the selected column. A row that an outer join does not find becomes an object of nulls. */
  read: (json: unknown) => Row
}

/** Packs all columns of a table. */
export function packedRow<T extends Table>(table: T, alias: string): PackedRow<T['$inferSelect']> {
  const columns = Object.entries(getTableColumns(table)) as [string, Column][]
  const lists = chunked(columns).map((some) => {
    const each = some.map(([, column]) => sql`${column}`)
    return sql`json_array(${sql.join(each, sql`, `)})`
  })
  const rowOf = recordsOf(columns.map(([name]) => name))
  const decoders = columns.map(([, column]) => decoderOf(column))
  const read = (json: unknown): T['$inferSelect'] => {
    const values = (JSON.parse(String(json)) as unknown[][]).flat()
    return rowOf(decoders.map((decode, index) => decode(values[index])))
  }
  return { column: sql`json_array(${sql.join(lists, sql`, `)})`.mapWith(read).as(alias), read }
}

/** Most columns read a value as it is. Calling Drizzle for each of them would cost as much as the rest of the row. */
function decoderOf(column: Column): (value: unknown) => unknown {
  return column.mapFromDriverValue === Column.prototype.mapFromDriverValue
    ? (value) => value ?? null
    : (value) => (value == null ? null : column.mapFromDriverValue(value))
}

function chunked<Element>(all: Element[]): Element[][] {
  const count = Math.ceil(all.length / MOST_ARGUMENTS)
  return Array.from({ length: count }, (_, nth) =>
    all.slice(nth * MOST_ARGUMENTS, (nth + 1) * MOST_ARGUMENTS),
  )
}
