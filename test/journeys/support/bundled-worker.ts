import { resolve } from 'node:path'
import { type Unstable_Config, unstable_readConfig } from 'wrangler'
import { applyMigrations } from '../../../src/cli/local-state.ts'

/** The entries of the Worker that tests start. */
export type Entry =
  /** The production entry. */
  | 'src/index.ts'
  /** The entry of `npm start`. */
  | 'src/local.ts'
  /** The same with the lowest hash cost. */
  | 'test/support/cheap-local-worker.ts'

/** Shared by all Workers of a run. */
export interface Prepared {
  bindings: Record<string, unknown>
  /** Miniflare's options for the rest of wrangler.toml's top level. */
  options: ReturnType<typeof optionsOf>
  /** A state folder with empty databases at the newest migration. */
  state: string
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
