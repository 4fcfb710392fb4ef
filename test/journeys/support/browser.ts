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
    executablePath: another ?? (await bundled.executablePath()),
    args: [...(another ? [] : flags), '--no-sandbox', '--disable-gpu', ...QUIET, ...more],
    headless: true,
  })
}
