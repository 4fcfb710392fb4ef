import { applyD1Migrations } from 'cloudflare:test'
import { type DatabaseName, databases, env, touched } from './env.ts'

const names = Object.keys(databases) as DatabaseName[]

/** The tables of each database at the newest migration. */
const migrated = new Map<DatabaseName, string[]>()

/** Deletes every row and key but keeps the tables, since creating them takes most of a test's time. */
export async function emptyStores(): Promise<void> {
  await Promise.all([...names.map(empty), emptyKeyValueStore()])
}

async function empty(name: DatabaseName): Promise<void> {
  const tables = migrated.get(name) ?? (await migrate(name))
  if (!touched.has(name)) return
  const filled = await env[name]
    .prepare(`SELECT ${tables.map((table) => `EXISTS (SELECT 1 FROM "${table}") AS "${table}"`)}`)
    .first<Record<string, number>>()
  const toEmpty = tables.filter((table) => filled?.[table])
  if (toEmpty.length > 0)
    await env[name].batch([
      env[name].prepare('PRAGMA defer_foreign_keys = on'),
      ...toEmpty.map((table) => env[name].prepare(`DELETE FROM "${table}"`)),
    ])
  touched.delete(name)
}

async function migrate(name: DatabaseName): Promise<string[]> {
  await applyD1Migrations(env[name], env.MIGRATIONS[databases[name]])
  const tables = await tablesOf(env[name])
  migrated.set(name, tables)
  return tables
}

/** The tables that contain the service's data. */
export async function tablesOf(database: D1Database): Promise<string[]> {
  const { results } = await database
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table'
        AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations'`,
    )
    .all<{ name: string }>()
  return results.map(({ name }) => name)
}

/** Every row of a database, table by table, in one trip. */
export async function allRowsOf(database: D1Database): Promise<Record<string, unknown[]>> {
  const tables = await tablesOf(database)
  const all = await database.batch(
    tables.map((name) => database.prepare(`SELECT * FROM "${name}"`)),
  )
  return Object.fromEntries(tables.map((name, nth) => [name, all[nth]?.results ?? []]))
}

async function emptyKeyValueStore(): Promise<void> {
  if (!touched.has('KV')) return
  const { keys } = await env.KV.list()
  await Promise.all(keys.map(({ name }) => env.KV.delete(name)))
  touched.delete('KV')
}
