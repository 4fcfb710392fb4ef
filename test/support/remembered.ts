import { type DatabaseName, databases, env, written } from './env.ts'
import type { Service } from './service.ts'

type Row = Record<string, unknown>

interface Stored {
  rows: { database: DatabaseName; table: string; row: Row }[]
  keys: [key: string, value: string][]
}

/**
 * A set-up that runs once for all tests in this isolate that give it the same. For each later test, its rows and keys
 * are put back at once into the empty stores, its mails into the service, and the clock is moved as far. It returns
 * plain data, of which each test gets a copy. Where something is stored already, or bindings differ, it runs anew.
 * @param anew a text of the data that differs in each test, and another in its place
 */
export function remembered<Data, Given extends unknown[]>(
  setUp: (service: Service, ...given: Given) => Promise<Data>,
  anew?: (data: Data, ...given: Given) => [text: string, another: string],
): (service: Service, ...given: Given) => Promise<Data> {
  const known = new Map<string, Left<Data>>()
  return async (service, ...given) => {
    if (isAnythingWritten() || !service.isUsual) return setUp(service, ...given)
    const from = service.clock()
    const key = JSON.stringify([from, given])
    const left = known.get(key)
    if (left === undefined) {
      const data = await setUp(service, ...given)
      const stored = await everythingStored()
      const { mails } = service
      known.set(key, structuredClone({ data, stored, mails, to: service.clock() }))
      return structuredClone(data)
    }
    const { data, stored, mails, to } = anew
      ? renamed(left, anew(left.data, ...given))
      : structuredClone(left)
    await putBack(stored)
    service.clock.advance(to - from)
    service.mails.push(...mails)
    return data
  }
}

interface Left<Data> {
  data: Data
  stored: Stored
  mails: Service['mails']
  /** The time of the clock afterwards. */
  to: number
}

function renamed<Thing>(thing: Thing, [text, another]: [string, string]): Thing {
  return JSON.parse(JSON.stringify(thing).replaceAll(text, another))
}

function isAnythingWritten(): boolean {
  return written.keys.size > 0 || names.some((name) => written.tables[name].size > 0)
}

const names = Object.keys(databases) as DatabaseName[]

async function everythingStored(): Promise<Stored> {
  const keys = [...written.keys].map(async (key) => [key, await env.KV.get(key)] as const)
  const present = (await Promise.all(keys)).filter(
    (one): one is [string, string] => one[1] !== null,
  )
  return { rows: (await Promise.all(names.map(rowsOf))).flat(), keys: present }
}

async function rowsOf(database: DatabaseName): Promise<Stored['rows']> {
  const tables = [...written.tables[database]]
  if (tables.length === 0) return []
  const columns = await columnsOf(database)
  const all = await env[database].batch<Row>(
    tables.map((table) =>
      env[database].prepare(`SELECT ${columns.get(table)?.join()} FROM "${table}"`),
    ),
  )
  return tables.flatMap((table, nth) =>
    (all[nth]?.results ?? []).map((row) => ({ database, table, row })),
  )
}

/** The columns of each table that are stored: none that is generated. */
async function columnsOf(database: DatabaseName): Promise<Map<string, string[]>> {
  const { results } = await env[database]
    .prepare(
      `SELECT tables.name AS "table", columns.name AS "column"
        FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' AND tables.name NOT LIKE '_cf_%'`,
    )
    .all<{ table: string; column: string }>()
  const columns = new Map<string, string[]>()
  for (const { table, column } of results)
    columns.set(table, [...(columns.get(table) ?? []), `"${column}"`])
  return columns
}

async function putBack({ rows, keys }: Stored): Promise<void> {
  await Promise.all([
    ...names.map((name) =>
      insertAll(
        name,
        rows.filter(({ database }) => database === name),
      ),
    ),
    ...keys.map(([key, value]) => env.KV.put(key, value)),
  ])
}

async function insertAll(name: DatabaseName, rows: Stored['rows']): Promise<void> {
  if (rows.length === 0) return
  const database = env[name]
  await database.batch([
    database.prepare('PRAGMA defer_foreign_keys = on'),
    ...rows.map(({ table, row }) => {
      const columns = Object.keys(row).map((column) => `"${column}"`)
      const places = columns.map(() => '?').join()
      return database
        .prepare(`INSERT INTO "${table}" (${columns.join()}) VALUES (${places})`)
        .bind(...Object.values(row).map(asBound))
    }),
  ])
}

/** D1 returns bytes as a list of numbers. */
function asBound(value: unknown): unknown {
  return Array.isArray(value) ? new Uint8Array(value) : value
}
