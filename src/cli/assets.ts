// Copies the files for browsers to dist/assets, which is served without the Worker (wrangler.toml, [assets]). The
// files that pages refer to get a name with a digest of their content, so browsers can cache them forever. Every
// command that starts, builds or tests the service runs this first. As a command: node src/cli/assets.ts
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'

const SERVED = 'dist/assets'
/** The path of each file, imported by `src/ui/page.tsx`. */
const PATHS = 'dist/asset-paths.json'

/** Files that pages refer to. */
const referredTo = [
  'src/ui/style.css',
  'src/ui/script.js',
  'src/ui/security-keys.js',
  'src/ui/icon.svg',
  'src/ui/api-reference.js',
  'node_modules/swagger-ui-dist/swagger-ui.css',
  'node_modules/swagger-ui-dist/swagger-ui-bundle.js',
]
/** Files that browsers or Cloudflare look for by these names. */
const named = ['src/ui/favicon.ico', 'src/ui/_headers']
/** Served as /docs. */
const PAGE = { source: 'src/ui/api-reference.html', served: 'docs.html' }

const DIGEST_LENGTH = 16

/** Writes only what has changed, so that a running `wrangler dev` restarts only then. */
export function writeAssets(): void {
  const files = new Map(named.map((path) => [basename(path), readFileSync(path)]))
  const paths: Record<string, string> = {}
  for (const source of referredTo) {
    const content = readFileSync(source)
    const path = join('assets', withDigest(basename(source), content))
    paths[basename(source)] = `/${path}`
    files.set(path, content)
  }
  files.set(PAGE.served, withPaths(readFileSync(PAGE.source, 'utf8'), paths))
  for (const [path, content] of files) write(join(SERVED, path), content)
  for (const path of readdirSync(SERVED, { recursive: true, encoding: 'utf8' }))
    if (extname(path) !== '' && !files.has(path)) rmSync(join(SERVED, path), { force: true })
  write(PATHS, Buffer.from(JSON.stringify(paths, null, 2)))
}

function withDigest(name: string, content: Buffer): string {
  const extension = extname(name)
  const digest = createHash('sha256').update(content).digest('hex').slice(0, DIGEST_LENGTH)
  return `${basename(name, extension)}.${digest}${extension}`
}

/** Returns the page with `/assets/NAME` replaced by the path of that file. */
function withPaths(page: string, paths: Record<string, string>): Buffer<ArrayBuffer> {
  const named = page.replaceAll(/(?<=")\/assets\/([^"]+)/g, (_, name: string) => {
    const path = paths[name]
    if (!path) throw new Error(`${PAGE.source} refers to ${name}, which is no asset.`)
    return path
  })
  return Buffer.from(named)
}

/** Writes a file atomically, because others may read it. */
function write(path: string, content: Buffer): void {
  if (contentOf(path)?.equals(content)) return
  mkdirSync(dirname(path), { recursive: true })
  const written = `${SERVED}.${process.pid}`
  writeFileSync(written, content)
  renameSync(written, path)
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

if (import.meta.main) writeAssets()
