import { applyD1Migrations } from 'cloudflare:test'
import { type DatabaseName, databases, env, written } from './env.ts'

const names = Object.keys(databases) as DatabaseName[]

/** The databases that have tables at the newest migration. */
const migrated = new Set<DatabaseName>()

/** Deletes every row and key but keeps the tables, since creating them takes most of a test's time. */
export async function emptyStores(): Promise<void> {
  await Promise.all([...names.map(empty), emptyKeyValueStore()])
}

async function empty(name: DatabaseName): Promise<void> {
  const database = env[name]
  if (!migrated.has(name)) await applyD1Migrations(database, env.MIGRATIONS[databases[name]])
  const filled = migrated.has(name) ? written.tables[name] : await tablesOf(database)
  const deletions = [...filled].map((table) => database.prepare(`DELETE FROM "${table}"`))
  if (deletions.length > 0)
    await database.batch([database.prepare('PRAGMA defer_foreign_keys = on'), ...deletions])
  written.tables[name].clear()
  migrated.add(name)
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

/** The rows of a database that were inserted since it was last emptied, by table: all there are. */
export async function writtenRowsOf(name: DatabaseName): Promise<Record<string, unknown[]>> {
  const database = env[name]
  const tables = [...written.tables[name]].sort()
  if (tables.length === 0) return {}
  const all = await database.batch(
    tables.map((table) => database.prepare(`SELECT * FROM "${table}"`)),
  )
  const rows = tables.map((table, nth) => [table, all[nth]?.results ?? []] as const)
  return Object.fromEntries(rows.filter(([, found]) => found.length > 0))
}

async function emptyKeyValueStore(): Promise<void> {
  const { keys } = written
  await Promise.all([...keys].map((key) => env.KV.delete(key)))
  keys.clear()
}
