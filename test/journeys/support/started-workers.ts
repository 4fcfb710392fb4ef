import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
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

/** How instances of a bundle are started. */
export interface How {
  settings?: Record<string, string>
  protocol?: 'http' | 'https'
  /** One for each instance. */
  names?: string[]
  /** For another start on the state of the one before, which stays when it stops. */
  again?: { keys: Record<string, string>; port: number; folder: string }
}

/** Starts one or more instances of a bundle on a free port, on one set of stores and with fresh keys. */
export async function startWorkers(
  { folder, main }: Bundle,
  { bindings, options, state }: Prepared,
  { settings = {}, protocol = 'http', names = ['latchkey'], again }: How,
): Promise<Started> {
  const keys = again?.keys ?? (await makeKeys())
  const port = again?.port ?? (await freePort())
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
  await miniflare.ready
  return { keys, port, miniflare, stop }
}

function typeOf(name: string) {
  if (name.endsWith('.wasm')) return 'CompiledWasm' as const
  return name.endsWith('.txt') ? ('Text' as const) : ('ESModule' as const)
}

/** Below those that systems give to outgoing connections, so that none takes it before it is listened on. */
const FIRST_PORT = 20_000
const PORTS = 12_000

/** A port of this machine that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, 'localhost', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((closed) => server.close(closed))
    return port
  }
}
