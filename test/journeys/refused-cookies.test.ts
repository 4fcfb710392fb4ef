import { type Browser, type BrowserServer, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { launchBrowser } from './support/browser.ts'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { logIn, pathOf } from './support/navigation.ts'

/** Browsers drop our cookies over plain HTTP, except on localhost. */
const DOMAIN = 'files.acme.test'

let latchkey: Latchkey
let launched: BrowserServer
let browser: Browser
let origin: string

/** Gives the demo site a domain; returns its origin. */
async function atDomain(served: Latchkey): Promise<string> {
  const database = await served.database('DB_US_EAST_1')
  await database
    .prepare(
      `UPDATE sites SET domain = '${DOMAIN}', domain_verified_at = 1 WHERE subdomain = 'mysite'`,
    )
    .run()
  return `http://${DOMAIN}:${new URL(served.origin).port}`
}

beforeAll(async () => {
  latchkey = await startLatchkey()
  origin = await atDomain(latchkey)
  launched = await launchBrowser([`--host-resolver-rules=MAP ${DOMAIN} 127.0.0.1`])
  browser = await chromium.connect(launched.wsEndpoint())
})
afterAll(async () => {
  await launched?.close()
  await latchkey?.stop()
})

async function sessions(): Promise<number> {
  const database = await latchkey.database('DB_US_EAST_1')
  return (await database.prepare('SELECT id FROM keyed_sessions').all()).results.length
}

const right = { username: 'sessionuser', password: 'sessionuserpassword' }

describe('A person whose browser refuses cookies', () => {
  it.each([
    ['en-US', 'Allow cookies for this site'],
    ['de-DE', 'Erlauben Sie Cookies für diese Website'],
    ['es-ES', 'Permita las cookies de este sitio'],
    ['fr-FR', 'Autorisez les cookies pour ce site'],
  ])(
    'gets an error with the right password, however often, and leaves no session behind: %s',
    async (locale, text) => {
      const context = await browser.newContext({ locale, bypassCSP: true })
      const page = await context.newPage()
      const before = await sessions()
      await page.goto(`${origin}/login?return_to=%2Faccount%2F2fa`)
      await logIn(page, right)
      for (let nth = 0; nth < 3; nth++) {
        expect(await page.getByRole('alert').textContent()).toContain(text)
        expect(await page.locator('#username').inputValue()).toBe('sessionuser')
        await logIn(page, right)
      }
      expect(await violations(page)).toEqual([])
      expect(await context.cookies()).toEqual([])
      expect(await sessions()).toBe(before)
    },
  )

  it('logs in when the same browser accepts them', async () => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${latchkey.siteOrigin}/login?return_to=%2Faccount%2F2fa`)
    await logIn(page, right)
    expect(pathOf(page)).toBe('/account/2fa')
  })

  it('gets an error at the link of a reset', async () => {
    const page = await (await browser.newContext({ locale: 'en-US' })).newPage()
    await page.goto(`${origin}/reset?code=${'f'.repeat(40)}`)
    expect(await page.getByRole('alert').textContent()).toContain('it blocks cookies')
  })

  it('gets an error after the login to pair an app', async () => {
    const page = await (await browser.newContext({ locale: 'en-US' })).newPage()
    await page.goto(`${origin}/login_from_desktop?pairing_key=a1B2c3D4&platform=mac&computer=x`)
    expect(pathOf(page)).toBe('/login')
    await logIn(page, right)
    expect(await page.getByRole('alert').textContent()).toContain('Allow cookies for this site')
  })
})

describe('A browser that keeps no Secure cookie from http, as Safari at localhost', () => {
  it('stays logged in to npm start', async () => {
    const local = await startLatchkey('src/local.ts')
    await fetch(`${local.origin}/health`)
    const at = await atDomain(local)
    const context = await browser.newContext({ locale: 'en-US' })
    const page = await context.newPage()
    await page.goto(`${at}/login?return_to=%2Faccount%2F2fa`)
    await logIn(page, right)
    expect(pathOf(page)).toBe('/account/2fa')
    const cookies = await context.cookies()
    expect(cookies.map(({ name }) => name).toSorted()).toEqual([
      'latchkey-local',
      'latchkey-local-check',
      'latchkey-local-device',
    ])
    expect(cookies.filter(({ secure, httpOnly }) => secure || !httpOnly)).toEqual([])
    await local.stop()
  })
})
