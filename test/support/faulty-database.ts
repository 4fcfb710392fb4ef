export type Fault = 'before commit' | 'after commit' | 'hangs'

/** A D1 database that loses its connection while `fault` is set, before or after the commit. */
export class FaultyDatabase {
  fault: Fault | null = null
  /** The next batch commits, but its result is lost. */
  losesNextBatch = false
  readonly #inner: D1Database

  constructor(inner: D1Database) {
    this.#inner = inner
  }

  /** The binding for the service. */
  get binding(): D1Database {
    return {
      withSession: (constraint: D1SessionConstraint) => this.#session(constraint),
    } as D1Database
  }

  #session(constraint: D1SessionConstraint) {
    const session = this.#inner.withSession(constraint)
    return {
      getBookmark: () => session.getBookmark(),
      prepare: (sql: string) => this.#statement(session.prepare(sql)),
      batch: async <T>(statements: D1PreparedStatement[]) => {
        const done = await this.#run(() =>
          session.batch<T>(statements.map((one) => inners.get(one) ?? one)),
        )
        if (!this.losesNextBatch) return done
        this.losesNextBatch = false
        throw new Error('D1_ERROR: Network connection lost.')
      },
    }
  }

  #statement(inner: D1PreparedStatement): D1PreparedStatement {
    const faulty = {
      bind: (...values: unknown[]) => this.#statement(inner.bind(...values)),
      run: () => this.#run(() => inner.run()),
      all: () => this.#run(() => inner.all()),
      raw: () => this.#run(() => inner.raw()),
    } as unknown as D1PreparedStatement
    inners.set(faulty, inner)
    return faulty
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.fault === 'hangs') return new Promise(() => undefined)
    if (this.fault === 'before commit') throw new Error('D1_ERROR: Network connection lost.')
    const result = await work()
    if (this.fault === 'after commit') throw new Error('D1_ERROR: Network connection lost.')
    return result
  }
}

const inners = new WeakMap<D1PreparedStatement, D1PreparedStatement>()
