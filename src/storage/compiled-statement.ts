import { fillPlaceholders } from 'drizzle-orm'
import type { PreparedQuery } from 'drizzle-orm/session'
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import type { Statement } from './batch.ts'
import type { Database } from './regional-database.ts'

/** Builds statements without a database, so that none holds on to a request. */
const builder = drizzle(() => Promise.reject(new TypeError('a compiled statement runs on D1')))

/** Rows, or D1's own result for a statement without rows. */
type Answer<Result> = Result extends unknown[] ? Result : D1Result

/**
 * A statement that is built once in an isolate and then only bound: building a select of sixty columns takes Drizzle
 * nearly as long as D1 takes to run it. Values are placeholders. A batch returns rows by column name, so each
 * selected column needs a name of its own (see aliasedColumns). A row that an outer join does not find becomes an
 * object of nulls.
 */
export class CompiledStatement<Result> {
  readonly #build: (db: SqliteRemoteDatabase) => Statement<Result>
  #built: Pick<PreparedQuery, 'getQuery' | 'mapResult'> | undefined

  constructor(build: (db: SqliteRemoteDatabase) => Statement<Result>) {
    this.#build = build
  }

  /** Runs the statement alone, if it returns rows. */
  async all({ $client: client }: Database, values: object): Promise<Answer<Result>> {
    const { sql, params } = this.#prepared.getQuery()
    const statement = client.prepare(sql).bind(...fillPlaceholders(params, { ...values }))
    return this.#prepared.mapResult(await statement.raw()) as Answer<Result>
  }

  /** Returns the statement for a batch. */
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

/** Statements of several kinds, each of which is made when it is first needed. */
export function compiledBy<Kind, Made>(make: (kind: Kind) => Made): (kind: Kind) => Made {
  const made = new Map<Kind, Made>()
  return (kind) => {
    const one = made.get(kind) ?? make(kind)
    made.set(kind, one)
    return one
  }
}
