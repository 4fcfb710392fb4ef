import type { Browser, BrowserServer, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { connectTo, launchBrowser } from './support/browser.ts'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { logIn, press } from './support/navigation.ts'

const DOMAIN = 'files.acme.test'

let latchkey: Latchkey
let launched: BrowserServer
let browser: Browser
/** The demo site's two hosts, on https, since browsers use related origins over https only. */
let below: string
let own: string

beforeAll(async () => {
  latchkey = await startLatchkey(undefined, {}, 'https')
  const { port } = new URL(latchkey.origin)
  below = latchkey.siteOrigin
  own = `https://${DOMAIN}:${port}`
  // Browsers fetch the related origins of an RP ID at port 443.
  const rules = ['mysite.localhost:443', `${DOMAIN}:443`, `${DOMAIN}:${port}`]
  launched = await launchBrowser([
    `--host-resolver-rules=${rules.map((from) => `MAP ${from} 127.0.0.1:${port}`).join(', ')}`,
    '--ignore-certificate-errors',
  ])
  browser = await connectTo(launched.wsEndpoint())
})
afterAll(async () => {
  await launched?.close()
  await latchkey?.stop()
})

async function setDomain(domain: string | null): Promise<void> {
  const database = await latchkey.database('DB_US_EAST_1')
  const values =
    domain === null ? 'NULL, domain_verified_at = NULL' : `'${domain}', domain_verified_at = 1`
  await database.prepare(`UPDATE sites SET domain = ${values} WHERE subdomain = 'mysite'`).run()
}

async function withKey(): Promise<{ page: Page; cdp: CDPSession; key: string }> {
  const context = await browser.newContext({
    locale: 'en-US',
    ignoreHTTPSErrors: true,
    bypassCSP: true,
  })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId: key } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: false,
      hasUserVerification: true,
      isUserVerified: true,
    },
  })
  return { page, cdp, key }
}

async function logInAt(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/login?return_to=%2Faccount%2F2fa`)
  await logIn(page, { username: 'sessionuser', password: 'sessionuserpassword' })
}

describe('A security key in a browser after its site got its own domain', () => {
  it('logs in at the old host, works at the new one, and is marked once the domain is given up', async () => {
    const { page, cdp, key } = await withKey()
    await logInAt(page, below)
    await press(page, 'Register a key')
    await press(page, 'Register a key')
    await page.getByRole('status').waitFor()
    await setDomain(DOMAIN)

    await page.context().clearCookies()
    await logInAt(page, below)
    await press(page, 'Use your security key')
    expect(page.url()).toBe(`${below}/account/2fa`)

    await page.context().clearCookies()
    await logInAt(page, own)
    expect(await violations(page)).toEqual([])
    await press(page, 'Use your security key')
    expect(page.url()).toBe(`${own}/account/2fa`)
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: key })
    expect(credentials.map(({ rpId }) => rpId)).toEqual(['mysite.localhost'])

    await press(page, 'Remove: Security key')
    await press(page, 'Register a key')
    await press(page, 'Register a key')
    await page.getByRole('status').waitFor()
    const code = (await page.locator('.codes li').first().textContent()) ?? ''
    await setDomain(null)
    await page.context().clearCookies()
    await logInAt(page, below)
    expect(await violations(page)).toEqual([])
    const told = (await page.locator('main').textContent()) ?? ''
    expect(told).toContain('Your security keys no longer work')
    expect(await page.getByText('Enter one of your recovery codes').isVisible()).toBe(true)
    expect(await page.getByRole('button', { name: 'Use your security key' }).count()).toBe(0)
    await page.getByLabel('Code').fill(code)
    await press(page, 'Continue')
    expect(page.url()).toBe(`${below}/account/2fa`)
    expect(await page.getByText(`No longer works: it was registered at ${DOMAIN}`).count()).toBe(1)
    expect(await violations(page)).toEqual([])
  })
})
