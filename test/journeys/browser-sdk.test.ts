import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from './support/browser.ts'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }

let latchkey: Latchkey
let browser: Browser
let server: Server

/** What the pages of the web app run, by path. */
const scripts = new Map<string, string>()

beforeAll(async () => {
  latchkey = await startLatchkey()
  browser = await openBrowser()
  server = createServer(({ url = '/' }, reply) => {
    const script = scripts.get(url)
    reply.writeHead(200, { 'Content-Type': script ? 'text/javascript' : 'text/html' })
    reply.end(script ?? `<!doctype html><script src="${url}.js"></script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
})
afterAll(async () => {
  server?.close()
  await browser?.close()
  await latchkey?.stop()
})

/** A page of another origin than the service, with the SDK bundled for browsers. */
async function pageWith(sdk: string): Promise<Page> {
  const of = (file: string) => `require('${sdk}/lib/${file}.js')`
  const { outputFiles } = await build({
    stdin: {
      contents: `globalThis.sdk = {
        Files: ${of('Files')}, Session: ${of('models/Session')}, ApiKey: ${of('models/ApiKey')},
        errors: ${of('Errors')}, LogLevel: ${of('Logger')}.LogLevel }`,
      resolveDir: '.',
    },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    define: { global: 'globalThis', 'process.env.NODE_ENV': '"production"' },
    external: ['buffer', 'path', 'fs', 'stream', 'util', 'os', 'http', 'https', 'node:*'],
    logLevel: 'silent',
  })
  const path = `/${sdk}`
  scripts.set(`${path}.js`, outputFiles[0]?.text ?? '')
  const page = await browser.newPage()
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}${path}`)
  return page
}

describe.each(['files.com', 'files.com-1.0'])(
  'The SDK %s in Chromium, at another origin',
  (sdk) => {
    it.each(['origin', 'siteOrigin'] as const)(
      'logs in, lists API keys, logs out, and gets its typed errors: at the %s',
      async (host) => {
        const page = await pageWith(sdk)
        const seen = await page.evaluate(
          async ({ baseUrl, right }) => {
            // biome-ignore lint/suspicious/noExplicitAny: the SDK has no types
            const { Files, Session, ApiKey, errors, LogLevel } = (globalThis as any).sdk
            Files.setLogLevel(LogLevel.NONE)
            Files.configureNetwork({ maxNetworkRetries: 0 })
            Files.setBaseUrl(baseUrl)
            const nameOf = (error: object) =>
              Object.keys(errors).find((name) => error.constructor === errors[name])
            const refused = (call: Promise<unknown>) => call.then(() => 'nothing', nameOf)
            const wrong = await refused(Session.create({ ...right, password: 'wrong' }))
            const session = await Session.create(right)
            Files.setSessionId(session.getId())
            const keys = await ApiKey.list({ user_id: 0 })
            await Session.delete()
            const after = await refused(ApiKey.list({ user_id: 0 }))
            return { id: session.getId(), keys, wrong, after }
          },
          { baseUrl: latchkey[host], right },
        )
        expect(seen).toEqual({
          id: expect.stringMatching(/^[0-9a-f]{40}$/),
          keys: [],
          wrong: 'NotAuthenticated_InvalidUsernameOrPasswordError',
          after: 'NotAuthenticated_InvalidCredentialsError',
        })
        await page.close()
      },
    )
  },
)
