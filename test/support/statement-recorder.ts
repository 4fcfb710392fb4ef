import type { DatabaseHandle } from '../../src/storage/guarded-storage.ts'

/** A D1 database that records every statement prepared on it. */
export class StatementRecorder {
  readonly statements = new Set<string>()
  readonly #inner: D1Database

  constructor(inner: D1Database) {
    this.#inner = inner
  }

  /** The binding for the service. */
  get binding(): D1Database {
    return {
      withSession: (constraint: D1SessionConstraint) => {
        const session = this.#inner.withSession(constraint)
        const recording: DatabaseHandle = {
          prepare: (sql) => {
            this.statements.add(sql)
            return session.prepare(sql)
          },
          batch: (statements) => session.batch(statements),
        }
        return { ...recording, getBookmark: () => session.getBookmark() }
      },
    } as D1Database
  }

  /** SQLite's plan of a statement, with a line for each table that it visits. */
  async planOf(sql: string): Promise<string[]> {
    const places = [...sql.matchAll(/\?(\d*)/g)].map(([, number]) => Number(number))
    const values = Math.max(places.length, ...places)
    const { results } = await this.#inner
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...Array<null>(values).fill(null))
      .all<{ detail: string }>()
    return results.map(({ detail }) => detail)
  }
}
