import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Miniflare } from 'miniflare'
import { makeKeys, replaceSecretFile, withMissing } from './keys.ts'

export const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'

export const LOCAL_STATE = '.wrangler/state'

/** An environment of wrangler.toml: the top level, or the one with three regions. Both use the same data. */
export type LocalEnvironment = 'top level' | 'regions'

export function keysFileIn(stateFolder: string): string {
  return join(stateFolder, 'keys.env')
}

/**
 * Creates the missing secrets of a local service and returns the path of their env file. It is in the state folder,
 * because the stored hashes and digests depend on it.
 */
export async function ensureLocalKeys(stateFolder: string): Promise<string> {
  mkdirSync(stateFolder, { recursive: true })
  const path = keysFileIn(stateFolder)
  const known = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const complete = withMissing(known, await makeKeys())
  if (complete !== known) replaceSecretFile(path, complete)
  return path
}

/** Migrates every local database. Does nothing if they are up to date. */
export async function migrateLocally(
  stateFolder: string,
  environment: LocalEnvironment,
): Promise<void> {
  const databases = databasesOf(readFileSync('wrangler.toml', 'utf8'), environment)
  const wanted = digestOfMigrations(databases)
  const stamp = join(stateFolder, environment === 'regions' ? 'migrated-regions' : 'migrated')
  const known = existsSync(join(stateFolder, 'v3', 'd1')) && existsSync(stamp)
  if (known && readFileSync(stamp, 'utf8') === wanted) return
  await applyMigrations(join(stateFolder, 'v3'), databases)
  writeFileSync(stamp, wanted)
}

interface LocalDatabase {
  binding: string
  id: string
  migrations: string
}

/** The table in which wrangler counts migrations. */
const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`

/**
 * Does what `wrangler d1 migrations apply --local` does, for all databases at once. wrangler would start once for
 * each.
 */
export async function applyMigrations(folder: string, databases: LocalDatabase[]): Promise<void> {
  // Imported here, because most commands do not need it.
  const { convertV4MiniflareOptions, Miniflare } = await import('miniflare')
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: '',
      resourcePersistencePath: folder,
      d1Databases: Object.fromEntries(databases.map(({ binding, id }) => [binding, id])),
    }),
  )
  try {
    for (const { binding, migrations } of databases)
      await applyTo(await miniflare.getD1Database(binding), migrations)
  } finally {
    await miniflare.dispose()
  }
}

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

/** Applies and counts each migration, or neither. */
async function applyTo(database: Database, migrations: string): Promise<void> {
  await database.prepare(MIGRATIONS_TABLE).run()
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all()
  const applied = results.map(({ name }) => name)
  for (const name of migrationsIn(migrations).filter((one) => !applied.includes(one))) {
    const statements = readFileSync(join(migrations, name), 'utf8').split(
      '--> statement-breakpoint',
    )
    await database.batch([
      ...statements.map((statement) => database.prepare(statement)),
      database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ])
  }
}

export function environmentFlags(environment: LocalEnvironment): string[] {
  return environment === 'regions' ? ['--env', 'regions'] : ['--env', '']
}

function databasesOf(toml: string, environment: LocalEnvironment): LocalDatabase[] {
  const table = environment === 'regions' ? '[[env.regions.d1_databases]]' : '[[d1_databases]]'
  return `\n${toml}`
    .split(`\n${table}\n`)
    .slice(1)
    .map((table) => ({
      binding: /^binding = "(.+)"$/m.exec(table)?.[1] ?? '',
      id: /^database_id = "(.+)"$/m.exec(table)?.[1] ?? '',
      migrations: /^migrations_dir = "(.+)"$/m.exec(table)?.[1] ?? '',
    }))
}

function digestOfMigrations(databases: LocalDatabase[]): string {
  const hash = createHash('sha256')
  for (const { binding, migrations } of databases)
    hash.update(`${binding}:${migrationsIn(migrations).join()}\n`)
  return hash.digest('hex')
}

function migrationsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
}
