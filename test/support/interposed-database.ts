/** A D1 database that runs something else right after the first read by a statement that contains `part`. */
export function interposed(
  inner: D1Database,
  part: string,
  happens: (database: D1Database) => Promise<unknown>,
): D1Database {
  let isDue = true
  const statement = (prepared: D1PreparedStatement, isIt: boolean): D1PreparedStatement => {
    const after = async <T>(read: Promise<T>): Promise<T> => {
      const result = await read
      if (isIt && isDue) {
        isDue = false
        await happens(inner)
      }
      return result
    }
    const wrapped = {
      bind: (...values: unknown[]) => statement(prepared.bind(...values), isIt),
      run: () => after(prepared.run()),
      all: () => after(prepared.all()),
      raw: () => after(prepared.raw()),
    } as unknown as D1PreparedStatement
    inners.set(wrapped, prepared)
    return wrapped
  }
  const session = (constraint: D1SessionConstraint) => {
    const opened = inner.withSession(constraint)
    return {
      getBookmark: () => opened.getBookmark(),
      prepare: (sql: string) => statement(opened.prepare(sql), sql.includes(part)),
      batch: (all: D1PreparedStatement[]) => opened.batch(all.map((one) => inners.get(one) ?? one)),
    }
  }
  return { withSession: session } as unknown as D1Database
}

const inners = new WeakMap<D1PreparedStatement, D1PreparedStatement>()
