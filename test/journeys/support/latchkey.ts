import { inject } from 'vitest'
import type { Bundle, Entry, Prepared } from './bundled-worker.ts'
import { type How, type Started, startWorkers } from './started-workers.ts'

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
  /** Asks it by no network: where that is https, Node does not believe its certificate. */
  dispatch(path: string, init: RequestInit): Promise<{ status: number; text(): Promise<string> }>
  /** Does what the cron trigger does every minute. */
  runCron(): Promise<void>
  /** A database, beneath the service. */
  database(binding: string): Promise<Database>
  stop(): Promise<void>
}

/** Starts the built Worker on a free port, on stores of its own and with fresh keys. */
export async function startLatchkey(
  entry: Entry = 'test/support/cheap-local-worker.ts',
  settings: Record<string, string> = {},
  protocol: 'http' | 'https' = 'http',
): Promise<Latchkey> {
  const { keys, port, miniflare, stop } = await startInstances(entry, { settings, protocol })
  return {
    origin: `${protocol}://localhost:${port}`,
    siteOrigin: `${protocol}://mysite.localhost:${port}`,
    keys,
    dispatch: (path, init) =>
      miniflare.dispatchFetch(`${protocol}://localhost:${port}${path}`, init as never),
    runCron: async () =>
      void (await (await miniflare.getWorker()).scheduled({ cron: '* * * * *' })),
    database: async (binding) => (await miniflare.getD1Database(binding)) as unknown as Database,
    stop,
  }
}

/** Starts one or more instances of an entry, on one set of stores. */
export async function startInstances(entry: Entry, how: How): Promise<Started> {
  const [bundle, prepared] = await Promise.all([made<Bundle>(entry), made<Prepared>('prepared')])
  for (;;)
    try {
      return await startWorkers(bundle, prepared, how, await freePort())
    } catch (error) {
      // Another run on this machine was given the same one.
      if ((error as { code?: string }).code !== 'ERR_ADDRESS_IN_USE') throw error
    }
}

/** A port of this machine that no other file of the run is given. */
export function freePort(): Promise<number> {
  return made<number>('port')
}

/** What workshop.ts makes once for all. */
export async function made<Thing>(what: Entry | 'prepared' | 'browser' | 'port'): Promise<Thing> {
  const reply = await fetch(`${inject('workshop')}/${encodeURIComponent(what)}`)
  if (!reply.ok) throw new Error(await reply.text())
  return reply.json() as Promise<Thing>
}
