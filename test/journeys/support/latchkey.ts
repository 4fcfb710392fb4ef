import { createTestHarness, type TestHarnessOptions, unstable_readConfig } from 'wrangler'
import { makeKeys } from '../../../src/operator/keys.ts'

export const API = '/api/rest/v1'

/** What tests need of D1. */
interface Database {
  prepare(sql: string): {
    all(): Promise<{ results: Record<string, unknown>[] }>
    run(): Promise<unknown>
  }
}

export interface Latchkey {
  /** The global host. Reaching `*.localhost` from Node takes localhost-names.ts. */
  origin: string
  /** The demo site's own host. */
  siteOrigin: string
  /** The secrets it runs with. */
  keys: Record<string, string>
  /** Does what the cron trigger does every minute. */
  runCron(): Promise<void>
  /** A database, beneath the service. */
  database(binding: string): Promise<Database>
  stop(): Promise<void>
}

/** Starts the built Worker with its demo data on a free port, on fresh stores and with fresh keys. */
export async function startLatchkey(
  entry = 'src/local.ts',
  settings: Record<string, string> = {},
  protocol: 'http' | 'https' = 'http',
): Promise<Latchkey> {
  const { keys, configAt } = await prepareLatchkey(entry, settings, protocol)
  const optionsAt = (origin: string) => ({ workers: [{ config: configAt(origin) }] })
  const { harness, port } = await startHarness(optionsAt, protocol)
  return {
    origin: `${protocol}://localhost:${port}`,
    siteOrigin: `${protocol}://mysite.localhost:${port}`,
    keys,
    runCron: async () => void (await harness.getWorker().scheduled({ cron: '* * * * *' })),
    database: async (binding) =>
      (await harness.getWorker<Record<string, Database>>().getEnv())[binding] as Database,
    stop: () => harness.close(),
  }
}

/** Makes keys, and wrangler's configuration of a Worker with them for each origin. */
export async function prepareLatchkey(
  entry = 'src/local.ts',
  settings: Record<string, string> = {},
  protocol: 'http' | 'https' = 'http',
) {
  const { vars, ...config } = unstable_readConfig({ config: 'wrangler.toml' })
  const keys = await makeKeys()
  const configAt = (origin: string) => ({
    ...config,
    dev: { ...config.dev, local_protocol: protocol, upstream_protocol: protocol },
    main: entry,
    vars: { ...vars, ...keys, ...settings, GLOBAL_ORIGIN: origin },
  })
  return { keys, configAt }
}

/** Starts Workers that know the port they are on, with databases at the newest migration. */
export async function startHarness(
  optionsAt: (origin: string) => TestHarnessOptions,
  protocol = 'http',
) {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'
  process.env.WRANGLER_SEND_METRICS = 'false'
  const harness = createTestHarness(optionsAt(`${protocol}://localhost`))
  const { port } = (await harness.listen()).url
  await harness.update(optionsAt(`${protocol}://localhost:${port}`))
  for (const { binding } of unstable_readConfig({ config: 'wrangler.toml' }).d1_databases)
    await harness.getWorker().applyD1Migrations(binding)
  return { harness, port }
}
