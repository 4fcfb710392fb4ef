import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeKeys } from './keys.ts'
import { replaceSecretFile, withMissing } from './secret-file.ts'

const run = promisify(execFile)

export const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'

export const LOCAL_STATE = '.wrangler/state'

/** Of wrangler.toml: its top level, or its environment with three regions, on the same data. */
export type LocalEnvironment = 'top level' | 'regions'

export function keysFileIn(stateFolder: string): string {
  return join(stateFolder, 'keys.env')
}

/**
 * Makes the secrets that a local service does not have yet, and answers the path of their env file.
 * They stay with the data: hashes and digests made with them are of no use without.
 */
export async function ensureLocalKeys(stateFolder: string): Promise<string> {
  mkdirSync(stateFolder, { recursive: true })
  const path = keysFileIn(stateFolder)
  const known = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const complete = withMissing(known, await makeKeys())
  if (complete !== known) replaceSecretFile(path, complete)
  return path
}

/** Brings every local database to the newest migration; does nothing when they all are. */
export async function migrateLocally(
  stateFolder: string,
  environment: LocalEnvironment,
): Promise<void> {
  const databases = databasesOf(readFileSync('wrangler.toml', 'utf8'), environment)
  const wanted = digestOfMigrations(databases)
  const stamp = join(stateFolder, environment === 'regions' ? 'migrated-regions' : 'migrated')
  const known = existsSync(join(stateFolder, 'v3', 'd1')) && existsSync(stamp)
  if (known && readFileSync(stamp, 'utf8') === wanted) return
  for (const { binding } of databases)
    await run(process.execPath, [
      WRANGLER,
      ...['d1', 'migrations', 'apply', binding, '--local', '--persist-to', stateFolder],
      ...environmentFlags(environment),
    ])
  writeFileSync(stamp, wanted)
}

interface DatabaseBinding {
  binding: string
  migrations: string
}

/** What wrangler is told of it. */
export function environmentFlags(environment: LocalEnvironment): string[] {
  return environment === 'regions' ? ['--env', 'regions'] : ['--env', '']
}

/** The D1 bindings of one environment of wrangler.toml. */
function databasesOf(toml: string, environment: LocalEnvironment): DatabaseBinding[] {
  const table = environment === 'regions' ? '[[env.regions.d1_databases]]' : '[[d1_databases]]'
  return `\n${toml}`
    .split(`\n${table}\n`)
    .slice(1)
    .map((table) => ({
      binding: /^binding = "(.+)"$/m.exec(table)?.[1] ?? '',
      migrations: /^migrations_dir = "(.+)"$/m.exec(table)?.[1] ?? '',
    }))
}

function digestOfMigrations(databases: DatabaseBinding[]): string {
  const hash = createHash('sha256')
  for (const { binding, migrations } of databases)
    hash.update(`${binding}:${readdirSync(migrations).filter(isMigration).sort().join()}\n`)
  return hash.digest('hex')
}

function isMigration(name: string): boolean {
  return name.endsWith('.sql')
}
