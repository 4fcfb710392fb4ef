import { Column, fillPlaceholders, type SQL } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import type { DatabaseHandle } from './guarded-storage.ts'

type Field = Column | SQL.Aliased
type Fields = Record<string, Field | Record<string, Field>>

interface Statement<Row> extends PromiseLike<Row[]> {
  toSQL(): { sql: string; params: unknown[] }
}

interface Compiled {
  sql: string
  params: unknown[]
  /** In the order of the columns. */
  places: Place[]
}

/** Where the value of a column goes in a row. */
interface Place {
  group: string | null
  key: string
  decode(value: unknown): unknown
}

/** Builds statements, and never runs one. */
const builder = drizzle(null as unknown as D1Database)

/**
 * A statement that is built once an isolate, and then only bound: Drizzle builds a select of sixty
 * columns in nearly the time that D1 answers it in. What differs from call to call is a placeholder.
 * A row that an outer join does not find is an object of nulls.
 */
export class CompiledStatement<Row> {
  readonly #fields: Fields
  readonly #build: (db: DrizzleD1Database) => Statement<Row>
  #compiled: Compiled | undefined

  /** @param fields what the statement selects or returns, in order, each under a name of its own */
  constructor(fields: Fields, build: (db: DrizzleD1Database) => Statement<Row>) {
    this.#fields = fields
    this.#build = build
  }

  async all(database: DrizzleD1Database, values: object): Promise<Row[]> {
    const { statement, params } = this.#bind(database, values)
    const rows = await statement.bind(...params).raw()
    return rows.map((row) => this.#read(row))
  }

  /** As a statement of Drizzle's `batch`. */
  inBatch(database: DrizzleD1Database, values: object): BatchStatement<Row> {
    const { sql, statement, params } = this.#bind(database, values)
    const prepared = {
      stmt: statement,
      getQuery: () => ({ sql, params }),
      mapResult: ({ results }: D1Result<Record<string, unknown>>) =>
        results.map((row) => this.#read(Object.values(row))),
    }
    return { _prepare: () => prepared } as unknown as BatchStatement<Row>
  }

  #bind(database: DrizzleD1Database, values: object) {
    this.#compiled ??= { ...this.#build(builder).toSQL(), places: placesOf(this.#fields) }
    const { sql, params } = this.#compiled
    const { $client: client } = database as unknown as { $client: DatabaseHandle }
    return {
      sql,
      statement: client.prepare(sql),
      params: fillPlaceholders(params, values as Record<string, unknown>),
    }
  }

  #read(row: unknown[]): Row {
    return readRow(this.#compiled?.places ?? [], row) as Row
  }
}

/** What `batch` takes, and answers with rows. */
interface BatchStatement<Row> {
  readonly _: { readonly dialect: 'sqlite'; readonly result: Row[] }
}

function placesOf(fields: Fields): Place[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    isOne(field)
      ? [placeOf(null, name, field)]
      : Object.entries(field).map(([key, one]) => placeOf(name, key, one)),
  )
}

function isOne(field: Fields[string]): field is Field {
  return field instanceof Column || 'fieldAlias' in field
}

function placeOf(group: string | null, key: string, field: Field): Place {
  const decoder = field instanceof Column ? field : (field.sql as unknown as Decoding).decoder
  return { group, key, decode: (value) => decoder.mapFromDriverValue(value) }
}

interface Decoding {
  decoder: { mapFromDriverValue(value: unknown): unknown }
}

function readRow(places: Place[], row: unknown[]): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  places.forEach(({ group, key, decode }, index) => {
    const value = row[index] === null ? null : decode(row[index])
    if (group === null) {
      read[key] = value
      return
    }
    read[group] ??= {}
    ;(read[group] as Record<string, unknown>)[key] = value
  })
  return read
}
