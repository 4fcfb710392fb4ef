import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { WorkerBundle } from '../../../src/cli/bundle.ts'
import { makeKeys } from '../../../src/cli/keys.ts'
import type { Prepared } from './bundled-worker.ts'

export interface Started {
  keys: Record<string, string>
  port: number
  miniflare: Miniflare
  stop(): Promise<void>
}

/** How to start the instances of a bundle. */
export interface How {
  settings?: Record<string, string>
  protocol?: 'http' | 'https'
  /** One for each instance. */
  names?: string[]
  /** For a restart on the former state, which stays when it stops. */
  again?: { keys: Record<string, string>; folder: string }
}

/** Starts one or more instances of a bundle on one set of stores, with fresh keys. */
export async function startWorkers(
  { folder, modules }: WorkerBundle,
  { bindings, options, state }: Prepared,
  { settings = {}, protocol = 'http', names = ['latchkey'], again }: How,
  port: number,
): Promise<Started> {
  const keys = again?.keys ?? (await makeKeys())
  const own = again?.folder ?? mkdtempSync(join(tmpdir(), 'latchkey-state-'))
  if (!existsSync(join(own, 'd1'))) cpSync(state, own, { recursive: true })
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: 'localhost',
      port,
      https: protocol === 'https',
      cf: false,
      resourcePersistencePath: own,
      handleStructuredLogs: () => undefined,
      workers: names.map((name) => ({
        ...options,
        name,
        rootPath: '/',
        modules: modules.map(({ type, path }) => ({
          ...{ type, path },
          contents: readFileSync(join(folder, path)),
        })),
        bindings: {
          ...bindings,
          ...keys,
          ...settings,
          GLOBAL_ORIGIN: `${protocol}://localhost:${port}`,
        },
      })),
    }),
  )
  const stop = async () => {
    await miniflare.dispose()
    if (!again) rmSync(own, { recursive: true, force: true })
  }
  await miniflare.ready.catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { keys, port, miniflare, stop }
}
