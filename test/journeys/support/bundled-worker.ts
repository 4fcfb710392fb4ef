import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Unstable_Config, unstable_readConfig } from 'wrangler'
import { writeAssets } from '../../../src/cli/assets.ts'
import { applyMigrations } from '../../../src/cli/local-state.ts'

const run = promisify(execFile)

/** The entries of the Worker that tests start. */
export type Entry =
  /** The production entry. */
  | 'src/index.ts'
  /** The entry of `npm start`. */
  | 'src/local.ts'
  /** The same with the lowest hash cost. */
  | 'test/support/cheap-local-worker.ts'

/** The bundle of an entry in a folder, as wrangler would upload it. */
export interface Bundle {
  folder: string
  /** The file that exports the Worker. */
  main: string
  /** The source files of the bundle, as esbuild reports them. */
  sources: string[]
}

/** Shared by all Workers of a run. */
export interface Prepared {
  bindings: Record<string, unknown>
  /** Miniflare's options for the rest of wrangler.toml's top level. */
  options: ReturnType<typeof optionsOf>
  /** A state folder with empty databases at the newest migration. */
  state: string
}

/** Bundles as `wrangler deploy` does. */
export async function bundle(entry: Entry, folder: string): Promise<Bundle> {
  writeAssets()
  const what = entry === 'src/index.ts' ? ['--env', 'production'] : [entry, '--env', '']
  const meta = join(folder, 'meta.json')
  await run(process.execPath, [
    'node_modules/wrangler/bin/wrangler.js',
    ...['deploy', ...what, '--dry-run', '--outdir', folder, '--metafile', meta],
  ])
  const { inputs } = JSON.parse(readFileSync(meta, 'utf8'))
  return { folder, main: basename(entry).replace('.ts', '.js'), sources: Object.keys(inputs) }
}

/** Migrates databases to the newest state; every Worker starts with a copy of them. */
export async function prepare(folder: string): Promise<Prepared> {
  const config: Unstable_Config = unstable_readConfig({ config: 'wrangler.toml' })
  const options = optionsOf(config)
  await applyMigrations(
    folder,
    config.d1_databases.map((one) => ({
      binding: one.binding,
      id: one.database_id ?? '',
      migrations: one.migrations_dir ?? '',
    })),
  )
  return { bindings: config.vars, options, state: folder }
}

function optionsOf(config: Unstable_Config) {
  const { d1_databases, kv_namespaces, ratelimits, assets } = config
  const { compatibility_date = '', compatibility_flags: compatibilityFlags } = config
  return {
    d1Databases: Object.fromEntries(
      d1_databases.map(({ binding, database_id = '' }) => [binding, database_id]),
    ),
    kvNamespaces: Object.fromEntries(kv_namespaces.map(({ binding, id = '' }) => [binding, id])),
    ratelimits: Object.fromEntries(
      ratelimits.map(({ name, namespace_id, simple }) => [name, { namespace_id, simple }]),
    ),
    assets: {
      directory: resolve(assets?.directory ?? ''),
      routerConfig: { has_user_worker: true },
    },
    compatibilityDate: compatibility_date,
    compatibilityFlags,
  }
}
