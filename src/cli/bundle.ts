// Bundles the production Worker to dist/worker, which `wrangler deploy --env production` uploads as it is
// (wrangler.toml). wrangler's own bundler makes a single file. This one keeps modules apart that src/areas.ts and
// other dynamic imports load, so that the runtime reads them when they are first used. As a command: node
// src/cli/bundle.ts
import { readFileSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { basename, extname, join, relative, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { writeAssets } from './assets.ts'

const PRODUCTION = { entry: 'src/index.ts', folder: 'dist/worker' }

export interface BundledModule {
  type: 'ESModule' | 'CompiledWasm' | 'Text'
  /** The path in the folder, by which other modules import it. */
  path: string
  /** Whether it is evaluated when the Worker starts. */
  isAtStart: boolean
  sources: string[]
}

export interface WorkerBundle {
  folder: string
  /** The Worker comes first. */
  modules: BundledModule[]
}

/** Bundles an entry of the Worker into a folder, which is emptied first. */
export async function bundleWorker(entry: string, folder: string): Promise<WorkerBundle> {
  writeAssets()
  rmSync(folder, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: [entry],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2024',
    minify: true,
    // Naming every function took a tenth of a request's time.
    keepNames: false,
    // As in wrangler.
    conditions: ['workerd', 'worker', 'browser'],
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['node:*', 'cloudflare:*', ...builtinModules],
    loader: { '.wasm': 'copy', '.txt': 'copy' },
    metafile: true,
    logLevel: 'warning',
  })
  const main = `${basename(entry, extname(entry))}.js`
  const atStart = modulesAtStart(metafile, relative('', resolve(folder, main)))
  const modules = Object.entries(metafile.outputs).map(([path, { inputs }]) => ({
    type: typeOf(path),
    path: relative(folder, path),
    isAtStart: atStart.has(path),
    sources: Object.keys(inputs),
  }))
  const isMain = ({ path }: BundledModule) => Number(path === main)
  return { folder, modules: modules.toSorted((a, b) => isMain(b) - isMain(a)) }
}

/** The size of modules in KiB, compressed together as `wrangler deploy` counts. */
export function kibibytesOf(
  { folder, modules }: WorkerBundle,
  isCounted: (module: BundledModule) => boolean = () => true,
): number {
  const contents = modules.filter(isCounted).map(({ path }) => readFileSync(join(folder, path)))
  return gzipSync(Buffer.concat(contents)).length / 1_024
}

function modulesAtStart({ outputs }: Metafile, main: string): Set<string> {
  const reached = new Set<string>()
  const reach = (path: string) => {
    const output = outputs[path]
    if (!output || reached.has(path)) return
    reached.add(path)
    for (const { path: imported, kind } of output.imports)
      if (kind === 'import-statement') reach(imported)
  }
  reach(main)
  return reached
}

function typeOf(path: string): BundledModule['type'] {
  if (path.endsWith('.wasm')) return 'CompiledWasm'
  return path.endsWith('.txt') ? 'Text' : 'ESModule'
}

if (import.meta.main) {
  const bundle = await bundleWorker(PRODUCTION.entry, PRODUCTION.folder)
  const [all, atStart] = [kibibytesOf(bundle), kibibytesOf(bundle, (one) => one.isAtStart)]
  console.log(
    `${PRODUCTION.folder}: ${bundle.modules.length} modules of ${all.toFixed(0)} KiB gzip, of which ${atStart.toFixed(0)} are read at the start`,
  )
}
