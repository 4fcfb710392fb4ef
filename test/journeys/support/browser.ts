import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import bundled from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser']
const ON_MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** It asks nothing of anybody but the pages that it shows. */
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

/** The bundled browser's flags for places where little works; they would let pages do what they may not. */
const UNLIKE_A_PERSONS = [
  '--allow-running-insecure-content',
  '--disable-web-security',
  '--single-process',
]

/** Opens a real browser without a window: the one of this machine, or else the one npm brought. */
export async function openBrowser(): Promise<Browser> {
  const installed = installedBrowser()
  const flags = bundled.args.filter((flag) => !UNLIKE_A_PERSONS.includes(flag))
  return chromium.launch({
    executablePath: installed ?? (await bundled.executablePath()),
    args: [...(installed ? [] : flags), '--no-sandbox', ...QUIET],
    headless: true,
  })
}

function installedBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return [...paths, ON_MAC].find((path) => existsSync(path))
}
