import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { openBrowser } from './support/browser.ts'
import { type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { clickInPlace, logIn, nextPage, pathOf, press } from './support/navigation.ts'
import { type OwnSite, ownSite } from './support/own-site.ts'
import { logInto } from './support/stored-session.ts'

let latchkey: Latchkey
let browser: Browser
let site: OwnSite

beforeAll(async () => {
  ;[latchkey, browser] = await Promise.all([startLatchkey(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await latchkey?.stop()
})
beforeEach(async () => {
  site = await ownSite(latchkey)
})
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))

/** A browser with its own security key, which is touched at once. */
async function withKey(
  hasResidentKey = false,
  { bypassCSP = true } = {},
): Promise<{ page: Page; cdp: CDPSession; key: string }> {
  const context = await browser.newContext({ locale: 'en-US', bypassCSP })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId: key } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey,
      hasUserVerification: true,
      isUserVerified: true,
    },
  })
  return { page, cdp, key }
}

/** Opens the page of 2FA methods with a session. The first test logs in with the form. */
async function openMethods(page: Page): Promise<void> {
  await logInto(page.context(), site.origin, site.user)
  await page.goto(`${site.origin}/account/2fa`)
}

async function logInAt(page: Page, origin = site.origin): Promise<void> {
  await page.goto(`${origin}/login?return_to=%2Faccount%2F2fa`)
  await logIn(page, site.user)
}

describe('A security key in a browser', () => {
  it('is registered, logs in, is bound to its site, and is refused once removed', async () => {
    const { page, cdp, key } = await withKey()
    await logInAt(page)
    await press(page, 'Register a key')
    expect(await violations(page)).toEqual([])
    await press(page, 'Register a key')
    expect(await page.getByRole('status').textContent()).toBe('Your 2FA method is set up.')
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: key })
    expect(credentials).toHaveLength(1)
    expect(credentials[0]?.rpId).toBe(new URL(site.origin).hostname)

    await page.context().clearCookies()
    await logInAt(page)
    expect(await violations(page)).toEqual([])
    await press(page, 'Use your security key')
    expect(pathOf(page)).toBe('/account/2fa')
    const after = await cdp.send('WebAuthn.getCredentials', { authenticatorId: key })
    expect(after.credentials[0]?.signCount).toBeGreaterThan(credentials[0]?.signCount ?? 0)

    await page.context().clearCookies()
    await logInAt(page, latchkey.origin)
    expect(await page.locator('main').textContent()).toContain(
      `log in at ${new URL(site.origin).hostname}`,
    )

    await logInAt(page)
    await press(page, 'Use your security key')
    await press(page, 'Remove: Security key')
    expect(await page.getByText('You have no 2FA methods yet').count()).toBe(1)
  })

  it('that does not respond shows an error and another method', async () => {
    const { page, cdp, key } = await withKey()
    await openMethods(page)
    await press(page, 'Register a key')
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: key })
    await cdp.send('WebAuthn.disable')
    await page.evaluate(() => {
      navigator.credentials.create = () => Promise.reject(new Error('no key'))
    })
    await clickInPlace(page.getByRole('button', { name: 'Register a key' }))
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain(
      'Your security key did not respond',
    )
  })
})

describe('A security key with malformed transports', () => {
  it.each(['null', '"usb"', '[1, null]'])(
    'still logs in, and so do the others: %s',
    async (transports) => {
      const { page } = await withKey()
      await page.addInitScript(
        `AuthenticatorAttestationResponse.prototype.getTransports = () => (${transports})`,
      )
      await openMethods(page)
      await press(page, 'Register a key')
      await press(page, 'Register a key')
      await page.getByRole('status').waitFor()
      await page.context().clearCookies()
      await logInAt(page)
      await press(page, 'Use your security key')
      expect(pathOf(page)).toBe('/account/2fa')
      await press(page, 'Remove: Security key')
    },
  )
})

/** How password managers, and browsers before 2025, differ from the browser of these tests. */
const OTHERS: [string, string][] = [
  [
    'a browser without toJSON and parse…FromJSON',
    `delete PublicKeyCredential.prototype.toJSON
     delete PublicKeyCredential.parseCreationOptionsFromJSON
     delete PublicKeyCredential.parseRequestOptionsFromJSON`,
  ],
  [
    'a browser that reports no transports',
    'delete AuthenticatorAttestationResponse.prototype.getTransports',
  ],
  [
    'a password manager whose response throws in toJSON',
    `PublicKeyCredential.prototype.toJSON = () => { throw new TypeError('Illegal invocation') }`,
  ],
  [
    'a password manager with its own response object',
    `for (const does of ['create', 'get']) {
       const real = navigator.credentials[does].bind(navigator.credentials)
       navigator.credentials[does] = async (asked) => {
         const { rawId, id, response } = await real(asked)
         const bytes = (name) => response[name] && new Uint8Array(response[name])
         return {
           rawId: new Uint8Array(rawId), id, type: 'public-key',
           response: Object.fromEntries(['clientDataJSON', 'attestationObject', 'authenticatorData',
             'signature', 'userHandle'].map((name) => [name, bytes(name)])),
         }
       }
     }`,
  ],
]

describe('A security key or passkey of', () => {
  it.each(OTHERS)('%s is registered, logs in alone and as a 2FA method', async (_, script) => {
    const { page, cdp, key } = await withKey(true)
    await page.addInitScript(script)
    await page.addInitScript(
      'PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)',
    )
    await openMethods(page)
    await press(page, 'Register a key')
    await press(page, 'Register a key')
    await page.getByRole('status').waitFor()
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: key })
    const { username } = site.user
    expect(credentials).toMatchObject([{ userName: username, userDisplayName: username }])
    await page.context().clearCookies()
    await page.goto(`${site.origin}/login`)
    await press(page, 'Log in with a passkey')
    expect(pathOf(page)).toBe('/account')
    await page.context().clearCookies()
    await logInAt(page)
    await press(page, 'Use your security key')
    expect(pathOf(page)).toBe('/account/2fa')
    await press(page, 'Remove: Security key')
  })

  it('a user who has registered it before gets that error, not a timeout', async () => {
    const { page } = await withKey()
    await openMethods(page)
    await press(page, 'Register a key')
    await press(page, 'Register a key')
    await page.getByRole('status').waitFor()
    await page.context().clearCookies()
    await logInAt(page)
    await press(page, 'Use your security key')
    await press(page, 'Register a key')
    await clickInPlace(page.getByRole('button', { name: 'Register a key' }))
    await page.getByRole('alert').waitFor()
    const told = await page.getByRole('alert').textContent()
    expect(told).toBe('This key is already registered. Use another one.')
    expect(await violations(page)).toEqual([])
    await page.goto(`${site.origin}/account/2fa`)
    await press(page, 'Remove: Security key')
  })
})

describe('A browser user whose only 2FA method is a security key', () => {
  it('changes their methods with it some time later', async () => {
    const { page } = await withKey()
    await openMethods(page)
    await press(page, 'Register a key')
    await press(page, 'Register a key')
    await page.getByRole('status').waitFor()
    const database = await latchkey.database('DB_US_EAST_1')
    const age = () => database.prepare('UPDATE keyed_sessions SET second_factor_at = 1').run()
    await age()
    await page.goto(`${site.origin}/account/2fa`)
    expect(await violations(page)).toEqual([])
    expect(await page.getByLabel('Recovery code').first().isVisible()).toBe(false)
    await press(page, 'Set up an app')
    expect(pathOf(page)).toBe('/account/2fa/set_up')
    await page.goto(`${site.origin}/account/2fa`)
    await press(page, 'Create new recovery codes')
    expect(await page.locator('.codes li').count()).toBe(10)
    await age()
    await page.goto(`${site.origin}/account/2fa`)
    await press(page, 'Remove: Security key')
    expect(await page.getByText('You have no 2FA methods yet').count()).toBe(1)
  })
})

describe('A passkey in a browser', () => {
  it('logs in without a password, as two factors, offered in the form', async () => {
    const { page, cdp, key } = await withKey(true)
    await openMethods(page)
    await press(page, 'Register a key')
    await press(page, 'Register a key')
    await page.getByRole('status').waitFor()
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: key })
    expect(credentials[0]?.isResidentCredential).toBe(true)

    await page.context().clearCookies()
    // A headless browser shows no suggestions in a field, so the passkey is used at once.
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(true)
      const get = navigator.credentials.get.bind(navigator.credentials)
      navigator.credentials.get = (options) =>
        options?.mediation === 'conditional'
          ? get({ ...options, mediation: 'optional' })
          : get(options)
    })
    const open = () => page.goto(`${site.origin}/login`, { waitUntil: 'commit' })
    await nextPage(page, open, page.locator('#who'))
    expect(pathOf(page)).toBe('/account')
    await page.goto(`${site.origin}/account/2fa`)
    expect(await page.getByLabel('Code from one of your methods').count()).toBe(0)

    await page.context().clearCookies()
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
    })
    await page.goto(`${site.origin}/login`)
    expect(await violations(page)).toEqual([])
    await press(page, 'Log in with a passkey')
    expect(pathOf(page)).toBe('/account')
  })

  it('is offered again on a page that stays open, before the challenge expires', async () => {
    const { page } = await withKey(true, { bypassCSP: false })
    await openMethods(page)
    await press(page, 'Register a key')
    await press(page, 'Register a key')
    await page.getByRole('status').waitFor()
    await page.context().clearCookies()
    await page.addInitScript(
      'PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)',
    )
    await page.clock.install()
    await page.goto(`${site.origin}/login?return_to=%2Faccount%2F2fa`)
    await page.locator('#username').fill('typed')
    const offered = () => page.locator('button[data-key]').getAttribute('data-options')
    const first = await offered()
    await page.clock.fastForward('07:00')
    expect(await offered()).toBe(first)
    await page.clock.fastForward('02:00')
    await expect.poll(offered).not.toBe(first)
    expect(await page.locator('#username').inputValue()).toBe('typed')
    await press(page, 'Log in with a passkey')
    expect(pathOf(page)).toBe('/account/2fa')
  })

  it('that did not verify its user is not enough alone', async () => {
    const { page, cdp, key } = await withKey(true)
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
    })
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: key, isUserVerified: false })
    await page.goto(`${site.origin}/login`)
    await clickInPlace(page.getByRole('button', { name: 'Log in with a passkey' }))
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('Your passkey did not respond')
  })
})
