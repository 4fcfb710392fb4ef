import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type BundledModule, bundleWorker, kibibytesOf } from '../src/cli/bundle.ts'

export const ROOT = join(import.meta.dirname, '..')
export const PRODUCT = 'src/index.ts'
export const COMPATIBILITY = {
  compatibilityDate: '2026-10-20',
  compatibilityFlags: ['nodejs_compat', 'global_fetch_strictly_public'],
}

/** The modules of a Worker, in memory; the first one is the entry. */
export interface Bundle {
  modules: { type: BundledModule['type']; path: string; contents: Uint8Array }[]
}

/** What a Worker weighs, in KiB gzip. */
export interface Weight {
  all: number
  /** What is evaluated before the first request. */
  atStart: number
}

/** Bundles a Worker by its source file, as `npm run deploy` bundles the product. */
export async function bundle(source: string): Promise<Bundle & { weight: Weight }> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'))
  try {
    const worker = await bundleWorker(source, folder)
    return {
      modules: worker.modules.map(({ type, path }) => ({
        ...{ type, path },
        contents: readFileSync(join(folder, path)),
      })),
      weight: {
        all: kibibytesOf(worker),
        atStart: kibibytesOf(worker, ({ isAtStart }) => isAtStart),
      },
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

export interface WorkerSpec {
  bundle: Bundle
  bindings?: Record<string, unknown>
  databases?: string[]
  keyValue?: string[]
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
            modules: spec.bundle.modules,
            ...COMPATIBILITY,
            bindings: spec.bindings as Record<string, never>,
            d1Databases: Object.fromEntries(
              (spec.databases ?? []).map((binding) => [binding, `${name}-${binding}`]),
            ),
            kvNamespaces: Object.fromEntries(
              (spec.keyValue ?? []).map((binding) => [binding, `${name}-${binding}`]),
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
