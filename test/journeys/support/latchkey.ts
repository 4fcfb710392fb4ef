import { inject } from 'vitest'
import type { WorkerBundle } from '../../../src/cli/bundle.ts'
import type { Entry, Prepared } from './bundled-worker.ts'
import { type How, type Started, startWorkers } from './started-workers.ts'

export const API = '/api/rest/v1'

/** The part of D1 that tests need. */
interface Database {
  prepare(sql: string): {
    all(): Promise<{ results: Record<string, unknown>[] }>
    run(): Promise<unknown>
  }
}

export interface Latchkey {
  /** The global host. Node resolves `*.localhost` with localhost-names.ts only. */
  origin: string
  /** The demo site's own host. */
  siteOrigin: string
  /** The secrets that it runs with. */
  keys: Record<string, string>
  /** Calls it without the network, since Node does not trust its https certificate. */
  dispatch(path: string, init: RequestInit): Promise<{ status: number; text(): Promise<string> }>
  /** Does what the cron trigger does every minute. */
  runCron(): Promise<void>
  /** One of its databases, for direct access. */
  database(binding: string): Promise<Database>
  stop(): Promise<void>
}

/** Starts the built Worker on a free port, with its own stores and fresh keys. */
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

/** Starts one or more instances of an entry on one set of stores. */
export async function startInstances(entry: Entry, how: How): Promise<Started> {
  const [bundle, prepared] = await Promise.all([
    made<WorkerBundle>(entry),
    made<Prepared>('prepared'),
  ])
  for (;;)
    try {
      return await startWorkers(bundle, prepared, how, await freePort())
    } catch (error) {
      // Another run on this machine took the same port.
      if ((error as { code?: string }).code !== 'ERR_ADDRESS_IN_USE') throw error
    }
}

/** A local port that no other file of the run uses. */
export function freePort(): Promise<number> {
  return made<number>('port')
}

/** What workshop.ts creates once for all files. */
export async function made<Thing>(what: Entry | 'prepared' | 'browser' | 'port'): Promise<Thing> {
  const reply = await fetch(`${inject('workshop')}/${encodeURIComponent(what)}`)
  if (!reply.ok) throw new Error(await reply.text())
  return reply.json() as Promise<Thing>
}
