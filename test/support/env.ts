import type { D1Migration } from 'cloudflare:test'
import { env as bound } from 'cloudflare:workers'

export interface TestEnv extends Env {
  DB_US_EAST_1: D1Database
  DB_US_EAST_1_REPLICA: D1Database
  DB_EU_CENTRAL_1: D1Database
  DB_EU_CENTRAL_1_REPLICA: D1Database
  DIRECTORY_REPLICA: D1Database
  /** An empty database for testing migrations. */
  DB_OF_BEFORE: D1Database
  PRODUCTION_CALLER_LIMITER: RateLimit
  PRODUCTION_CALLER_NAME_LIMITER: RateLimit
  PRODUCTION_ANONYMOUS_LIMITER: RateLimit
  /** The requests per minute that each limiter allows for a key. */
  PRODUCTION_LIMITS: Record<'CALLER_LIMITER' | 'CALLER_NAME_LIMITER' | 'ANONYMOUS_LIMITER', number>
  MIGRATIONS: { region: D1Migration[]; directory: D1Migration[] }
}

/** Every database with the folder of its migrations. */
export const databases = {
  DB_US_EAST_1: 'region',
  DB_US_EAST_1_REPLICA: 'region',
  DB_EU_CENTRAL_1: 'region',
  DB_EU_CENTRAL_1_REPLICA: 'region',
  DIRECTORY: 'directory',
  DIRECTORY_REPLICA: 'directory',
} as const

export type DatabaseName = keyof typeof databases

/** What was stored since the stores were last emptied: rows by database and table, and keys. */
export const written = {
  tables: {
    DB_US_EAST_1: new Set<string>(),
    DB_US_EAST_1_REPLICA: new Set<string>(),
    DB_EU_CENTRAL_1: new Set<string>(),
    DB_EU_CENTRAL_1_REPLICA: new Set<string>(),
    DIRECTORY: new Set<string>(),
    DIRECTORY_REPLICA: new Set<string>(),
  } satisfies Record<DatabaseName, Set<string>>,
  keys: new Set<string>(),
}

/** The bindings of the Worker under test. */
export const env = Object.fromEntries(
  Object.entries(bound).map(([name, binding]) => [name, noting(name, binding)]),
) as unknown as TestEnv

/** The same binding; of a store, one that notes what is stored in it. */
function noting(name: string, binding: unknown): unknown {
  if (name === 'KV') return notingKeys(binding as KVNamespace)
  return isDatabase(name) ? notingTables(binding as D1Database, written.tables[name]) : binding
}

function isDatabase(name: string): name is DatabaseName {
  return Object.hasOwn(databases, name)
}

const INSERTION = /\binto\s+"?(\w+)/gi

function notingTables(database: D1Database, tables: Set<string>): D1Database {
  const note = (sql: string) => {
    for (const [, table = ''] of sql.matchAll(INSERTION)) tables.add(table)
  }
  const prepares = (handle: D1Database | D1DatabaseSession) => (sql: string) => {
    note(sql)
    return handle.prepare(sql)
  }
  return withOthers(database, {
    prepare: prepares(database),
    exec: (sql: string) => {
      note(sql)
      return database.exec(sql)
    },
    withSession: (constraint?: D1SessionConstraint) => {
      const session = database.withSession(constraint)
      return withOthers(session, { prepare: prepares(session) })
    },
  })
}

function notingKeys(store: KVNamespace): KVNamespace {
  return withOthers(store, {
    put: (...given: Parameters<KVNamespace['put']>) => {
      written.keys.add(given[0])
      return store.put(...given)
    },
  })
}

/** The same object with others in place of some methods. */
function withOthers<Thing extends object>(thing: Thing, others: Record<string, unknown>): Thing {
  return new Proxy(thing, {
    get(target, member) {
      if (Object.hasOwn(others, member)) return others[String(member)]
      const value = Reflect.get(target, member, target)
      return typeof value === 'function' && member !== 'constructor' ? value.bind(target) : value
    },
  })
}
