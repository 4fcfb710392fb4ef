import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import bundled from '@sparticuz/chromium'
import { type Browser, type BrowserServer, chromium } from 'playwright-core'
import { made } from './latchkey.ts'

/** Much longer than anything takes: a machine with much else to do takes some times what a test needs. */
export const LIMIT_MS = 60_000

/** It asks nothing of anybody but the pages that it shows. */
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

/** The flags that npm's browser has for places where little works. */
const FOR_ELSEWHERE = [
  // They would let pages do what they may not.
  '--allow-running-insecure-content',
  '--disable-web-security',
  // They would have one page do the work of another, or draw by a graphics card that is not there.
  '--single-process',
  '--no-zygote',
  '--in-process-gpu',
  '--ignore-gpu-blocklist',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
]

/** A connection to the one browser of all files: what it opens is closed with it. */
export async function openBrowser(): Promise<Browser> {
  return connectTo(await made<string>('browser'))
}

/** A connection to a browser whose pages may take their time. */
export async function connectTo(endpoint: string): Promise<Browser> {
  const browser = await chromium.connect(endpoint, { timeout: LIMIT_MS })
  browser.on('context', (context) => context.setDefaultTimeout(LIMIT_MS))
  return browser
}

/**
 * Starts a real browser without a window: the one that npm brings, so that every machine runs the same.
 * @param more flags for one that is not for all files
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
 * The path of npm's browser, unpacked once for each version. The package's own way leaves half of it in the folder
 * for temporary files when it is interrupted, and takes whatever version is there.
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
