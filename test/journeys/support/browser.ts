import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import bundled from '@sparticuz/chromium'
import { type Browser, type BrowserServer, chromium } from 'playwright-core'
import { made } from './latchkey.ts'

/** Much longer than any step takes, since a busy machine is several times slower. */
export const LIMIT_MS = 60_000

/** The browser makes no requests of its own. */
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

/** The flags of npm's browser for restricted environments. */
const FOR_ELSEWHERE = [
  // These would let pages do what the CSP forbids.
  '--allow-running-insecure-content',
  '--disable-web-security',
  // These would run several pages in one process, or need a graphics card.
  '--single-process',
  '--no-zygote',
  '--in-process-gpu',
  '--ignore-gpu-blocklist',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
]

/** A connection to the browser that all files share. What it opens is closed with it. */
export async function openBrowser(): Promise<Browser> {
  return connectTo(await made<string>('browser'))
}

/** A connection to a browser with longer time-outs. */
export async function connectTo(endpoint: string): Promise<Browser> {
  const browser = await chromium.connect(endpoint, { timeout: LIMIT_MS })
  browser.on('context', (context) => context.setDefaultTimeout(LIMIT_MS))
  return browser
}

/**
 * Starts a real headless browser: the one of the npm package, so that every machine runs the same.
 * @param more additional flags
 */
export async function launchBrowser(more: string[] = []): Promise<BrowserServer> {
  const another = process.env.BROWSER_PATH
  const flags = bundled.args.filter((flag) => !FOR_ELSEWHERE.includes(flag))
  return chromium.launchServer({
    executablePath: another ?? (await unpackedBrowser()),
    args: [...(another ? [] : flags), '--no-sandbox', '--disable-gpu', ...QUIET, ...more],
    headless: true,
  })
}

const PACKAGE = 'node_modules/@sparticuz/chromium'
const CACHE = 'node_modules/.cache'

/**
 * The path of npm's browser, unpacked once for each version. The package's own function leaves an incomplete copy in
 * the temporary folder when it is interrupted, and uses any version that is there.
 */
async function unpackedBrowser(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'))
  const path = join(CACHE, `chromium-${version}`)
  if (existsSync(path)) return path
  await mkdir(CACHE, { recursive: true })
  const part = `${path}.${process.pid}`
  await pipeline(
    createReadStream(join(PACKAGE, 'bin/chromium.br')),
    createBrotliDecompress(),
    createWriteStream(part, { mode: 0o755 }),
  )
  renameSync(part, path)
  return path
}
