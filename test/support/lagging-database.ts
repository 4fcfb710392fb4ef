import { tablesOf } from './stores.ts'

/**
 * A D1 database with a lagging replica: a second real database that `replicate` brings up to the primary's state. Reads
 * that allow a replica use it, and statements that write go to the primary. As D1 documents, `first-primary` promises
 * the newest state only for the first query of a session: later reads of that session use the replica once it is as new
 * as what the session has seen.
 */
export class LaggingDatabase {
  readonly #primary: D1Database
  readonly #replica: D1Database
  /** See `#version`. */
  #replicated = 0

  constructor(primary: D1Database, replica: D1Database) {
    this.#primary = primary
    this.#replica = replica
  }

  /** Copies the primary's present rows to the replica. */
  async replicate(): Promise<void> {
    const tables = await tablesOf(this.#primary)
    const [version, ...contents] = await this.#primary.batch<Record<string, unknown>>(
      [TOTAL_CHANGES, ...tables.map((name) => `SELECT * FROM ${name}`)].map((sql) =>
        this.#primary.prepare(sql),
      ),
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
    this.#replicated = Number(version?.results[0]?.version)
  }

  /** The binding for the service. */
  get binding(): D1Database {
    return {
      prepare: (sql: string) => this.#primary.prepare(sql),
      batch: (statements: D1PreparedStatement[]) => this.#primary.batch(statements),
      withSession: (constraint: D1SessionConstraint = 'first-unconstrained') => {
        if (constraint === 'first-unconstrained') return this.#nearest()
        if (constraint === 'first-primary') return this.#newestFirst()
        return this.#primary.withSession(constraint)
      },
    } as unknown as D1Database
  }

  #nearest() {
    return {
      getBookmark: () => null,
      prepare: (sql: string) => (isRead(sql) ? this.#replica : this.#primary).prepare(sql),
      batch: (statements: D1PreparedStatement[]) => this.#primary.batch(statements),
    }
  }

  #newestFirst() {
    const session = this.#primary.withSession('first-primary')
    let seen: number | null = null
    const query = async <T>(
      asked: Asked[],
      ask: (database: Pick<D1DatabaseSession, 'prepare' | 'batch'>) => Promise<T>,
    ): Promise<T> => {
      const mayBeOld = seen !== null && asked.every(({ sql }) => isRead(sql))
      if (mayBeOld && this.#replicated >= (seen ?? 0)) return ask(this.#replica)
      try {
        return await ask(session)
      } finally {
        seen = await this.#version()
      }
    }
    const statement = (one: Asked): D1PreparedStatement => {
      const on = (database: Pick<D1DatabaseSession, 'prepare'>) =>
        database.prepare(one.sql).bind(...one.values)
      const prepared = {
        bind: (...values: unknown[]) => statement({ ...one, values }),
        run: () => query([one], (database) => on(database).run()),
        all: () => query([one], (database) => on(database).all()),
        raw: () => query([one], (database) => on(database).raw()),
      } as unknown as D1PreparedStatement
      askedBy.set(prepared, one)
      return prepared
    }
    return {
      getBookmark: () => session.getBookmark(),
      prepare: (sql: string) => statement({ sql, values: [] }),
      batch: (statements: D1PreparedStatement[]) => {
        const asked = statements.flatMap((one) => askedBy.get(one) ?? [])
        return query(asked, (database) =>
          database.batch(asked.map(({ sql, values }) => database.prepare(sql).bind(...values))),
        )
      },
    }
  }

  /** Rises with every written row. */
  async #version(): Promise<number> {
    return (await this.#primary.prepare(TOTAL_CHANGES).first<number>('version')) ?? 0
  }
}

const TOTAL_CHANGES = 'SELECT total_changes() AS version'

interface Asked {
  sql: string
  values: unknown[]
}

const askedBy = new WeakMap<D1PreparedStatement, Asked>()

function isRead(sql: string): boolean {
  return /^\s*select\b/i.test(sql)
}
