/** How much SQL one batch sends. */
export interface Batch {
  statements: number
  bytes: number
}

/** A D1 database that tells of each batch. */
export function withBatches(inner: D1Database, tell: (batch: Batch) => void): D1Database {
  return {
    withSession: (constraint: D1SessionConstraint) => {
      const session = inner.withSession(constraint)
      const texts = new WeakMap<D1PreparedStatement, string>()
      const told = (statement: D1PreparedStatement, sql: string) => {
        const { bind } = statement
        texts.set(statement, sql)
        statement.bind = (...values) => told(bind(...values), sql)
        return statement
      }
      return {
        prepare: (sql: string) => told(session.prepare(sql), sql),
        batch: (statements: D1PreparedStatement[]) => {
          const bytes = statements.map((one) => texts.get(one)?.length ?? 0)
          tell({ statements: bytes.length, bytes: bytes.reduce((sum, one) => sum + one, 0) })
          return session.batch(statements)
        },
        getBookmark: () => session.getBookmark(),
      }
    },
  } as D1Database
}
