import { tablesOf } from './stores.ts'

/**
 * A D1 database with a nearest replica that lags behind: a second real database, brought up to the
 * primary's state by `replicate` and left there. Reads that allow a replica are answered by it; a
 * statement that writes goes to the primary, as D1 does it.
 */
export class LaggingDatabase {
  readonly #primary: D1Database
  readonly #replica: D1Database

  constructor(primary: D1Database, replica: D1Database) {
    this.#primary = primary
    this.#replica = replica
  }

  /** Copies the primary's rows, as they are now, to the replica. */
  async replicate(): Promise<void> {
    const tables = await tablesOf(this.#primary)
    const contents = await this.#primary.batch<Record<string, unknown>>(
      tables.map((name) => this.#primary.prepare(`SELECT * FROM ${name}`)),
    )
    const writes = [this.#replica.prepare('PRAGMA defer_foreign_keys = on')]
    for (const [nth, name] of tables.entries()) {
      const rows = contents[nth]?.results ?? []
      writes.push(this.#replica.prepare(`DELETE FROM ${name}`))
      for (const row of rows) {
        const columns = Object.keys(row)
        const places = columns.map(() => '?').join()
        writes.push(
          this.#replica
            .prepare(`INSERT INTO ${name} (${columns.join()}) VALUES (${places})`)
            .bind(...Object.values(row)),
        )
      }
    }
    await this.#replica.batch(writes)
  }

  /** The binding to give to the service. */
  get binding(): D1Database {
    return {
      prepare: (sql: string) => this.#primary.prepare(sql),
      batch: (statements: D1PreparedStatement[]) => this.#primary.batch(statements),
      withSession: (constraint: D1SessionConstraint = 'first-unconstrained') =>
        constraint === 'first-unconstrained'
          ? this.#nearest()
          : this.#primary.withSession(constraint),
    } as unknown as D1Database
  }

  #nearest() {
    return {
      getBookmark: () => null,
      prepare: (sql: string) => (isRead(sql) ? this.#replica : this.#primary).prepare(sql),
      batch: (statements: D1PreparedStatement[]) => this.#primary.batch(statements),
    }
  }
}

function isRead(sql: string): boolean {
  return /^\s*select\b/i.test(sql)
}
