import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { makeKeys } from '../../../src/cli/keys.ts'
import type { Bundle, Prepared } from './bundled-worker.ts'

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
  { folder, main }: Bundle,
  { bindings, options, state }: Prepared,
  { settings = {}, protocol = 'http', names = ['latchkey'], again }: How,
  port: number,
): Promise<Started> {
  const keys = again?.keys ?? (await makeKeys())
  const own = again?.folder ?? mkdtempSync(join(tmpdir(), 'latchkey-state-'))
  if (!existsSync(join(own, 'd1'))) cpSync(state, own, { recursive: true })
  const modules = readdirSync(folder)
    .filter((name) => name === main || /\.(wasm|txt)$/.test(name))
    .sort((one) => (one === main ? -1 : 1))
    .map((name) => ({ type: typeOf(name), path: name, contents: readFileSync(join(folder, name)) }))
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
        modules,
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

function typeOf(name: string) {
  if (name.endsWith('.wasm')) return 'CompiledWasm' as const
  return name.endsWith('.txt') ? ('Text' as const) : ('ESModule' as const)
}
