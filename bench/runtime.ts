import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { writeAssets } from '../src/cli/assets.ts'

const run = promisify(execFile)

export const ROOT = join(import.meta.dirname, '..')
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
export const COMPATIBILITY = {
  compatibilityDate: '2026-10-20',
  compatibilityFlags: ['nodejs_compat', 'global_fetch_strictly_public'],
}

/** A Worker as `wrangler deploy` would upload it. */
export interface Bundle {
  modules: { type: 'ESModule' | 'CompiledWasm' | 'Text'; path: string; contents: Uint8Array }[]
}

/** Bundles the product for production, or another Worker by its source file. */
export async function bundle(source: 'product' | (string & {})): Promise<Bundle> {
  writeAssets()
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'))
  const what =
    source === 'product'
      ? ['--env', 'production']
      : [
          join(import.meta.dirname, source),
          ...['--name', 'bench', '--compatibility-date', COMPATIBILITY.compatibilityDate],
          ...['--compatibility-flags', 'nodejs_compat'],
          ...['--config', join(import.meta.dirname, 'bundle.toml')],
        ]
  try {
    await run(process.execPath, [WRANGLER, 'deploy', ...what, '--dry-run', '--outdir', folder], {
      cwd: ROOT,
    })
    return { modules: readdirSync(folder).flatMap((name) => moduleOf(folder, name)) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function moduleOf(folder: string, name: string): Bundle['modules'] {
  const type = { js: 'ESModule', wasm: 'CompiledWasm', txt: 'Text' }[name.split('.').at(-1) ?? '']
  if (!type) return []
  const contents = readFileSync(join(folder, name))
  return [{ type: type as Bundle['modules'][0]['type'], path: name, contents }]
}

export interface WorkerSpec {
  bundle: Bundle
  bindings?: Record<string, unknown>
  databases?: string[]
  keyValue?: string[]
  /** Bound, and never reached. */
  rateLimiters?: string[]
  services?: Record<string, { name: string; entrypoint?: string }>
}

/** Workers on one workerd, each with a port, databases and namespaces of its own. */
export class Runtime {
  readonly miniflare: Miniflare

  private constructor(miniflare: Miniflare) {
    this.miniflare = miniflare
  }

  /** @param storage a folder to keep data in; in memory unless given */
  static async start(
    workers: Record<string, WorkerSpec>,
    options: { storage?: string; inspectorPort?: number } = {},
  ): Promise<Runtime> {
    const { storage, inspectorPort } = options
    const runtime = new Runtime(
      new Miniflare(
        convertV4MiniflareOptions({
          workers: Object.entries(workers).map(([name, spec]) => ({
            name,
            rootPath: '/',
            modules: inOrder(spec.bundle),
            ...COMPATIBILITY,
            bindings: spec.bindings as Record<string, never>,
            d1Databases: Object.fromEntries(
              (spec.databases ?? []).map((binding) => [binding, `${name}-${binding}`]),
            ),
            kvNamespaces: Object.fromEntries(
              (spec.keyValue ?? []).map((binding) => [binding, `${name}-${binding}`]),
            ),
            ratelimits: Object.fromEntries(
              (spec.rateLimiters ?? []).map((binding) => [
                binding,
                { namespace_id: `${name}-${binding}`, simple: { limit: 1_000_000, period: 60 } },
              ]),
            ),
            serviceBindings: spec.services ?? {},
            unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
          })),
          ...(storage ? { d1Persist: storage } : {}),
          ...(inspectorPort === undefined ? {} : { inspectorPort }),
          handleStructuredLogs: () => undefined,
        } as Parameters<typeof convertV4MiniflareOptions>[0]),
      ),
    )
    await runtime.miniflare.ready
    return runtime
  }

  async portOf(worker: string): Promise<number> {
    return Number((await this.miniflare.unsafeGetDirectURL(worker)).port)
  }

  database(worker: string, binding: string) {
    return this.miniflare.getD1Database(binding, worker)
  }

  /** Does what the cron trigger does every minute. */
  async runCron(worker: string): Promise<void> {
    const handle = (await this.miniflare.getWorker(worker)) as unknown as {
      scheduled: (options: object) => Promise<unknown>
    }
    await handle.scheduled({ cron: '* * * * *' })
  }

  stop(): Promise<void> {
    return this.miniflare.dispose()
  }
}

/** The first module is the entry. */
function inOrder({ modules }: Bundle): Bundle['modules'] {
  const isEntry = ({ type }: Bundle['modules'][0]) => (type === 'ESModule' ? 0 : 1)
  return modules.toSorted((a, b) => isEntry(a) - isEntry(b))
}
