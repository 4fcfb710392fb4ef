import { AsyncLocalStorage } from 'node:async_hooks'

/** Milliseconds of one round trip from where the Worker is taken to run. */
interface Distances {
  /** To the nearest replica, and to KV. */
  nearest: number
  primary: number
}

const distances = new AsyncLocalStorage<Distances>()

/** Answers a request whose headers say how far its databases are. */
export function fromAfar<Answer>({ headers }: Request, answer: () => Answer): Answer {
  const millisecondsOf = (name: string) => Number(headers.get(name) ?? 0)
  const nearest = millisecondsOf('x-nearest-ms')
  return distances.run({ nearest, primary: millisecondsOf('x-primary-ms') }, answer)
}

async function after<Result>(to: keyof Distances, visit: () => Promise<Result>): Promise<Result> {
  await scheduler.wait(distances.getStore()?.[to] ?? 0)
  return visit()
}

/** A D1 database to which each visit takes a round trip first: a batch is one. */
export function delayedDatabase(inner: D1Database): D1Database {
  return {
    ...delayed(inner, 'primary'),
    exec: (sql: string) => after('primary', () => inner.exec(sql)),
    withSession: (constraint: D1SessionConstraint) => {
      const session = inner.withSession(constraint)
      const to = constraint === 'first-primary' ? 'primary' : 'nearest'
      return { ...delayed(session, to), getBookmark: () => session.getBookmark() }
    },
  } as D1Database
}

function delayed(
  inner: Pick<D1Database, 'prepare' | 'batch'>,
  to: keyof Distances,
): Pick<D1Database, 'prepare' | 'batch'> {
  const inners = new WeakMap<D1PreparedStatement, D1PreparedStatement>()
  const statement = (own: D1PreparedStatement): D1PreparedStatement => {
    const made = {
      bind: (...values: unknown[]) => statement(own.bind(...values)),
      run: () => after(to, () => own.run()),
      all: () => after(to, () => own.all()),
      raw: () => after(to, () => own.raw()),
      first: () => after(to, () => own.first()),
    } as D1PreparedStatement
    inners.set(made, own)
    return made
  }
  return {
    prepare: (sql) => statement(inner.prepare(sql)),
    batch: (statements) =>
      after(to, () => inner.batch(statements.map((one) => inners.get(one) ?? one))),
  }
}

export function delayedKeyValue(inner: KVNamespace): KVNamespace {
  return {
    get: (key: string) => after('nearest', () => inner.get(key)),
    put: (key: string, value: string, options?: KVNamespacePutOptions) =>
      after('nearest', () => inner.put(key, value, options)),
    delete: (key: string) => after('nearest', () => inner.delete(key)),
  } as KVNamespace
}
