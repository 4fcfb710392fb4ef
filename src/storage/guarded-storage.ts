import { Problem } from '../http/problem.ts'
import { SECOND } from './clock.ts'
import { withDeadline } from './deadline.ts'
import type { RoundTripMeter } from './round-trips.ts'

/** The longest time for one visit to a store. */
const STORAGE_DEADLINE_MS = 5 * SECOND

/** A unique index or primary key refused a row, which is a decision and not a fault. */
export class UniqueViolation extends Error {
  override name = 'UniqueViolation'
}

/** Whether an error is, or was caused by, a unique violation. Drizzle wraps what a binding throws. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof Error && (error instanceof UniqueViolation || isUniqueViolation(error.cause))
  )
}

/** A NOT NULL column refused a row. Statements use this to refuse what a condition forbids. */
export class NullViolation extends Error {
  override name = 'NullViolation'
}

/** Whether an error is, or was caused by, a null violation. */
export function isNullViolation(error: unknown): boolean {
  return error instanceof Error && (error instanceof NullViolation || isNullViolation(error.cause))
}

/**
 * One visit to a store: permitted, counted, limited in time, and with every fault turned into a 503.
 * @throws {Problem} storage-unavailable; the rate limit for callers without credentials
 * @throws {UniqueViolation}
 * @throws {NullViolation}
 */
async function visitStore<T>(
  meter: RoundTripMeter,
  store: string,
  visit: () => Promise<T>,
): Promise<T> {
  await meter.permitVisit()
  try {
    return await meter.count(store, () => withDeadline(visit(), STORAGE_DEADLINE_MS))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (message.includes('UNIQUE constraint failed')) throw new UniqueViolation(message)
    if (message.includes('NOT NULL constraint failed')) throw new NullViolation(message)
    throw storageUnavailable(`${store}: ${message}`)
  }
}

export function storageUnavailable(reason: string): Problem {
  return new Problem('service-unavailable/storage-unavailable', {
    reason,
    headers: { 'Retry-After': '5' },
  })
}

/** The part of D1's API that Drizzle uses: a database, or a session of one. */
export type DatabaseHandle = Pick<D1DatabaseSession, 'prepare' | 'batch'>

/** A statement that is prepared when its visit has a session. */
interface Unsent {
  sql: string
  values: unknown[]
}

const unsent = new WeakMap<D1PreparedStatement, Unsent>()

/** Wraps a D1 handle so that every execution is one guarded visit, in the session that `visiting` returns. */
export function guardDatabase(
  visiting: <T>(visit: (session: DatabaseHandle) => Promise<T>) => Promise<T>,
  store: string,
  meter: RoundTripMeter,
): DatabaseHandle {
  const visit = <T>(run: (session: DatabaseHandle) => Promise<T>) =>
    visitStore(meter, store, () => visiting(run))
  const guarded = (statement: Unsent): D1PreparedStatement => {
    const run = <T>(execute: (prepared: D1PreparedStatement) => Promise<T>) =>
      visit((session) => execute(preparedOn(session, statement)))
    const handle = {
      bind: (...values: unknown[]) => guarded({ ...statement, values }),
      first: (column?: string) =>
        run((prepared) => (column ? prepared.first(column) : prepared.first())),
      run: () => run((prepared) => prepared.run()),
      all: () => run((prepared) => prepared.all()),
      raw: () => run((prepared) => prepared.raw()),
    } as D1PreparedStatement
    unsent.set(handle, statement)
    return handle
  }
  return {
    prepare: (sql) => guarded({ sql, values: [] }),
    batch: (statements) =>
      visit((session) =>
        session.batch(
          statements.map((one) => {
            const statement = unsent.get(one)
            if (!statement) throw new TypeError('a statement of another database')
            return preparedOn(session, statement)
          }),
        ),
      ),
  }
}

function preparedOn(session: DatabaseHandle, { sql, values }: Unsent): D1PreparedStatement {
  const prepared = session.prepare(sql)
  return values.length === 0 ? prepared : prepared.bind(...values)
}

/** The part of KV's API that this service uses. Every call is one guarded visit. */
export interface KeyValueStore {
  get(key: string): Promise<string | null>
  put(key: string, value: string, options?: { expirationTtl: number }): Promise<void>
  delete(key: string): Promise<void>
}

export function guardKeyValue(kv: KVNamespace, meter: RoundTripMeter): KeyValueStore {
  const visit = <T>(run: () => Promise<T>) => visitStore(meter, 'kv', run)
  return {
    get: (key) => visit(() => kv.get(key)),
    put: (key, value, options) => visit(() => kv.put(key, value, options)),
    delete: (key) => visit(() => kv.delete(key)),
  }
}
