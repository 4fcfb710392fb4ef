import { fillPlaceholders } from 'drizzle-orm'
import type { PreparedQuery } from 'drizzle-orm/session'
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import type { Statement } from './batch.ts'
import type { Database } from './regional-database.ts'

/** Builds statements without a database, so that none holds on to a request. */
const builder = drizzle(() => Promise.reject(new TypeError('a compiled statement runs on D1')))

/** Rows, or D1's own result for a statement without rows. */
type Answer<Result> = Result extends unknown[] ? Result : D1Result

/** Makes a row of the values of its columns, in the order in which they are selected. */
type RowReader<Row> = (values: unknown[]) => Row

/**
 * A statement that is built once in an isolate and then only bound: building a select of sixty columns takes Drizzle
 * nearly as long as D1 takes to run it. Values are placeholders. A batch returns rows by column name, so each
 * selected column needs a name of its own (see PackedRow). A row that an outer join does not find becomes an object
 * of nulls.
 */
export class CompiledStatement<Result> {
  readonly #build: (db: SqliteRemoteDatabase) => Statement<Result>
  readonly #readRow: RowReader<unknown> | undefined
  #built: Pick<PreparedQuery, 'getQuery' | 'mapResult'> | undefined

  constructor(
    build: (db: SqliteRemoteDatabase) => Statement<Result>,
    readRow?: RowReader<unknown>,
  ) {
    this.#build = build
    this.#readRow = readRow
  }

  /** A select whose rows are read by `readRow`, because Drizzle takes several times as long. */
  static reading<Row>(
    build: (db: SqliteRemoteDatabase) => Statement,
    readRow: RowReader<Row>,
  ): CompiledStatement<Row[]> {
    return new CompiledStatement(build as (db: SqliteRemoteDatabase) => Statement<Row[]>, readRow)
  }

  /** Runs the statement alone, if it returns rows. */
  async all({ $client: client }: Database, values: object): Promise<Answer<Result>> {
    const { sql, params } = this.#prepared.getQuery()
    const statement = client.prepare(sql).bind(...fillPlaceholders(params, { ...values }))
    return this.#rowsOf(await statement.raw()) as Answer<Result>
  }

  /** Returns the statement for a batch. */
  with(values: object): Statement<Answer<Result>> {
    const prepare: Statement['prepare'] = () => {
      const { sql, params } = this.#prepared.getQuery()
      return {
        getQuery: () => ({ sql, params: fillPlaceholders(params, { ...values }) }),
        mapResult: (answer) => this.#mapBatched(answer as D1Result<object>),
      }
    }
    return { prepare } as Statement<Answer<Result>>
  }

  #mapBatched(answer: D1Result<object>): unknown {
    const rows = answer.results.map(Object.values)
    return this.#readRow ? this.#rowsOf(rows) : this.#prepared.mapResult({ ...answer, rows }, true)
  }

  #rowsOf(rows: unknown[][]): unknown {
    return this.#readRow ? rows.map(this.#readRow) : this.#prepared.mapResult(rows)
  }

  get #prepared() {
    this.#built ??= this.#build(builder).prepare()
    return this.#built
  }
}

/** Statements of several kinds, each of which is made when it is first needed. */
export function compiledBy<Kind, Made>(make: (kind: Kind) => Made): (kind: Kind) => Made {
  const made = new Map<Kind, Made>()
  return (kind) => {
    const one = made.get(kind) ?? make(kind)
    made.set(kind, one)
    return one
  }
}
