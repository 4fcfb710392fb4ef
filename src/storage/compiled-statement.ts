import { fillPlaceholders } from 'drizzle-orm'
import type { PreparedQuery } from 'drizzle-orm/session'
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import type { Statement } from './batch.ts'
import type { Database } from './regional-database.ts'

/** Builds statements for no database, so that none keeps what belongs to a request. */
const builder = drizzle(() => Promise.reject(new TypeError('a compiled statement runs on D1')))

/** Rows, or D1's own result for a statement that returns none. */
type Answer<Result> = Result extends unknown[] ? Result : D1Result

/**
 * A statement that is built once an isolate, and then only bound: Drizzle builds a select of sixty
 * columns in nearly the time that D1 answers it in. What differs from call to call is a placeholder.
 * A batch answers by column name, so each column that is selected needs a name of its own (see aliasedColumns). A row
 * that an outer join does not find is then an object of nulls.
 */
export class CompiledStatement<Result> {
  readonly #build: (db: SqliteRemoteDatabase) => Statement<Result>
  #built: Pick<PreparedQuery, 'getQuery' | 'mapResult'> | undefined

  constructor(build: (db: SqliteRemoteDatabase) => Statement<Result>) {
    this.#build = build
  }

  /** Runs it by itself, where it answers rows. */
  async all({ $client: client }: Database, values: object): Promise<Answer<Result>> {
    const { sql, params } = this.#prepared.getQuery()
    const statement = client.prepare(sql).bind(...fillPlaceholders(params, { ...values }))
    return this.#prepared.mapResult(await statement.raw()) as Answer<Result>
  }

  /** As a statement of a batch. */
  with(values: object): Statement<Answer<Result>> {
    return new BoundStatement(this.#prepared, values)
  }

  get #prepared() {
    this.#built ??= this.#build(builder).prepare()
    return this.#built
  }
}

class BoundStatement<Result> implements Statement<Result> {
  declare readonly _: { readonly result: Result }
  readonly #built: Pick<PreparedQuery, 'getQuery' | 'mapResult'>
  readonly #values: object

  constructor(built: Pick<PreparedQuery, 'getQuery' | 'mapResult'>, values: object) {
    this.#built = built
    this.#values = values
  }

  prepare() {
    const built = this.#built
    const { sql, params } = built.getQuery()
    return {
      getQuery: () => ({ sql, params: fillPlaceholders(params, { ...this.#values }) }),
      mapResult: (result: D1Result<object>) =>
        built.mapResult({ ...result, rows: result.results.map(Object.values) }, true),
    }
  }
}
