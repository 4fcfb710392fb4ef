import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SecurityToken } from '../support/security-token.ts'
import { openBrowser } from './support/browser.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { clickInPlace, logIn, pathOf, press } from './support/navigation.ts'
import { type OwnSite, ownSite } from './support/own-site.ts'

/** Browsers accept only an https AppID (FIDO AppID and Facets 2.0 §3.1.2). */
let latchkey: Latchkey
let browser: Browser
let site: OwnSite

beforeAll(async () => {
  ;[latchkey, browser] = await Promise.all([startLatchkey(undefined, {}, 'https'), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await latchkey?.stop()
})
beforeEach(async () => {
  site = await ownSite(latchkey)
})
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))

/** A browser with a U2F-only key, which is touched at once. */
async function withU2fKey(): Promise<{
  context: BrowserContext
  page: Page
  cdp: CDPSession
  key: string
}> {
  const context = await browser.newContext({
    locale: 'en-US',
    ignoreHTTPSErrors: true,
    bypassCSP: true,
  })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId: key } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'u2f', transport: 'usb' },
  })
  return { context, page, cdp, key }
}

interface Call {
  method: string
  path: string
  data: object
  token?: string
}

/** Calls the API like a script on the site's own pages. */
function ask(page: Page, { method, path, data, token }: Call) {
  const headers = {
    'Content-Type': 'application/json',
    ...(token && {
      Authorization: `Bearer ${token}`,
      'X-Files-Reauthentication': 'password:sessionuserpassword',
    }),
  }
  return page.evaluate(async ([url, init]) => (await fetch(url, init)).json(), [
    API + path,
    { method, headers, body: JSON.stringify(data) },
  ] as const)
}

async function logInAt(page: Page): Promise<void> {
  await page.goto(`${site.origin}/login?return_to=%2Faccount%2F2fa`)
  await logIn(page, site.user)
}

describe('A U2F-only key in a browser', () => {
  it('enrolled by a U2F client for the AppID logs in on the page, and is not enrolled twice', async () => {
    const { page, cdp, key: authenticatorId } = await withU2fKey()
    await page.goto(`${site.origin}/login`)
    const right = { username: site.user.username, password: 'sessionuserpassword' }
    const { token } = await ask(page, { method: 'POST', path: '/sessions', data: right })
    const method_type = { method_type: 'u2f', name: 'Old key' }
    const factor = await ask(page, { method: 'POST', path: '/2fa', data: method_type, token })
    const [{ challenge, app_id: rpId }] = factor.u2f_registration_requests
    expect(rpId).toBe(site.origin)
    const old = await SecurityToken.make()
    const otp = await old.register({ appId: rpId, challenge })
    const path = `/2fa/${factor.id}`
    const done = await ask(page, { method: 'PATCH', path, data: { otp }, token })
    expect(done.setup_complete).toBe(true)

    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
    await cdp.send('WebAuthn.addCredential', {
      authenticatorId,
      credential: {
        rpId,
        isResidentCredential: false,
        signCount: old.counter,
        credentialId: base64(Buffer.from(old.id, 'base64url')),
        privateKey: base64(await old.pkcs8()),
      },
    })
    await logInAt(page)
    await press(page, 'Use your security key')
    expect(pathOf(page)).toBe('/account/2fa')
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
    expect(credentials[0]?.signCount).toBeGreaterThan(old.counter)

    await press(page, 'Register a key')
    await clickInPlace(page.getByRole('button', { name: 'Register a key' }))
    await page.getByRole('alert').waitFor()
    const after = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
    expect(after.credentials).toHaveLength(1)

    await page.goto(`${site.origin}/account/2fa`)
    await press(page, 'Remove: Old key')
  })

  it('is registered on the page, and logs in', async () => {
    const { context, page, cdp, key: authenticatorId } = await withU2fKey()
    await logInAt(page)
    await press(page, 'Register a key')
    await press(page, 'Register a key')
    expect(await page.getByRole('status').textContent()).toBe('Your 2FA method is set up.')
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
    expect(credentials).toHaveLength(1)

    await context.clearCookies()
    await logInAt(page)
    await press(page, 'Use your security key')
    expect(pathOf(page)).toBe('/account/2fa')
  })
})
