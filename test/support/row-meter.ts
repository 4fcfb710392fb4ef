import type { DatabaseHandle } from '../../src/storage/guarded-storage.ts'

/** A D1 database that counts the rows which its queries read and wrote, as D1 charges for them, and the batches. */
export class RowMeter {
  read = 0
  written = 0
  /** Of the statements that were sent together. */
  batched = { statements: 0, bytes: 0 }
  readonly #inner: D1Database
  readonly #statements = new WeakMap<
    D1PreparedStatement,
    { inner: D1PreparedStatement; sql: string }
  >()

  constructor(inner: D1Database) {
    this.#inner = inner
  }

  /** The binding for the service. */
  get binding(): D1Database {
    return {
      withSession: (constraint: D1SessionConstraint) => {
        const session = this.#inner.withSession(constraint)
        return { ...this.#session(session), getBookmark: () => session.getBookmark() }
      },
    } as D1Database
  }

  reset(): void {
    this.read = 0
    this.written = 0
    this.batched = { statements: 0, bytes: 0 }
  }

  #session(session: D1DatabaseSession): DatabaseHandle {
    return {
      prepare: (sql) => this.#statement(session.prepare(sql), sql),
      batch: async (statements) => {
        const known = statements.flatMap((one) => this.#statements.get(one) ?? [])
        this.batched.statements += known.length
        this.batched.bytes += known.reduce((sum, { sql }) => sum + sql.length, 0)
        const inners = known.map(({ inner }) => inner)
        const results = await session.batch<never>(inners)
        for (const { meta } of results) this.#count(meta)
        return results
      },
    }
  }

  #statement(inner: D1PreparedStatement, sql: string): D1PreparedStatement {
    const counted = async <T>(work: Promise<D1Result<T>>) => {
      const result = await work
      this.#count(result.meta)
      return result
    }
    const metered = {
      bind: (...values: unknown[]) => this.#statement(inner.bind(...values), sql),
      run: () => counted(inner.run()),
      all: () => counted(inner.all()),
      raw: async () => {
        const { results } = await counted(inner.all<Record<string, unknown>>())
        return results.map((row) => Object.values(row))
      },
    } as unknown as D1PreparedStatement
    this.#statements.set(metered, { inner, sql })
    return metered
  }

  #count(meta: D1Meta): void {
    this.read += meta.rows_read
    this.written += meta.rows_written
  }
}
