import jsQR from 'jsqr'
import { type TOTP, URI } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { openBrowser } from './support/browser.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { clickInPlace, follow, logIn, pathOf, press } from './support/navigation.ts'
import { type OwnSite, ownSite } from './support/own-site.ts'
import { fitsItsWidth, Phone } from './support/phone.ts'

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

/** What a phone's camera reads from the screen: the picture as shown, decoded by another program. */
async function readQrCode(page: Page): Promise<string> {
  const screen = (await page.locator('.qr svg').screenshot()).toString('base64')
  const [grey, width, height] = await page.evaluate(async (png) => {
    const image = new Image()
    image.src = `data:image/png;base64,${png}`
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    let grey = ''
    for (let at = 0; at < data.length; at += 4) grey += String.fromCharCode(data[at] ?? 0)
    return [btoa(grey), image.width, image.height] as const
  }, screen)
  const pixels = [...Buffer.from(grey, 'base64')].flatMap((one) => [one, one, one, 255])
  return jsQR(new Uint8ClampedArray(pixels), width, height)?.data ?? ''
}

async function nameSite(name: string): Promise<void> {
  const database = await latchkey.database('DB_US_EAST_1')
  await database
    .prepare(`UPDATE sites SET name = '${name}' WHERE subdomain = '${site.subdomain}'`)
    .run()
}

async function requireSecondFactor(): Promise<void> {
  const database = await latchkey.database('DB_US_EAST_1')
  await database
    .prepare(`UPDATE sites SET require_2fa = 1 WHERE subdomain = '${site.subdomain}'`)
    .run()
}

/** The code that an app shows now, as the first one, valid for at least half a minute. */
async function codeOf(app: TOTP): Promise<string> {
  const database = await latchkey.database('DB_US_EAST_1')
  await database
    .prepare(
      `UPDATE second_factors SET counter = 0
      WHERE site_id = (SELECT id FROM sites WHERE subdomain = '${site.subdomain}')`,
    )
    .run()
  return app.generate()
}

/** Does by API what the first test does on pages: the site requires 2FA, and the user has an app. */
async function withApp(): Promise<{ app: TOTP; recoveryCodes: string[] }> {
  const { username, password } = site.user
  const { token } = await ask('POST', '/sessions', { username, password })
  const auth = { Authorization: `Bearer ${token}` }
  const factor = await ask('POST', '/2fa', { method_type: 'totp', name: 'Authenticator app' }, auth)
  const app = URI.parse(factor.totp_provisioning_uri) as TOTP
  const done = await ask('PATCH', `/2fa/${factor.id}`, { otp: await codeOf(app) }, auth)
  await requireSecondFactor()
  return { app, recoveryCodes: done.recovery_codes }
}

async function ask(method: string, path: string, body: object, auth: Record<string, string> = {}) {
  const reply = await fetch(`${site.origin}${API}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...auth },
    body: JSON.stringify(body),
  })
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is what types it
  return (await reply.json()) as any
}

/** The request of a browser that reloads its page. */
async function reload(page: Page): Promise<string> {
  const [request] = await Promise.all([
    page.waitForRequest((asked) => asked.isNavigationRequest()),
    page.reload(),
  ])
  return request.method()
}

describe('A person whose site requires 2FA', () => {
  it('sets up an app on a phone with its QR code, before anything else', async () => {
    await (await Phone.open(browser, 'en-US')).visit(`${site.origin}/login`)
    await requireSecondFactor()
    const phone = await Phone.open(browser, 'en-US', { bypassCSP: true })
    const page = await phone.visit(`${site.origin}/login`)
    await logIn(page, site.user)
    expect(pathOf(page)).toBe('/account/2fa')
    expect(await violations(page)).toEqual([])
    await page.goto(`${site.origin}/account`)
    expect(pathOf(page)).toBe('/account/2fa')

    await nameSite('株'.repeat(160))
    await press(page, 'Set up an app')
    expect(await violations(page)).toEqual([])
    const uri = await readQrCode(page)
    expect((URI.parse(uri) as TOTP).issuer).toMatch(/^株+…$/)
    await nameSite('My Site')
    const app = URI.parse(uri) as TOTP
    expect(app.label).toBe(site.user.username)
    for (const [colorScheme, forcedColors] of [
      ['dark', 'none'],
      ['dark', 'active'],
      ['light', 'active'],
      ['light', 'none'],
    ] as const) {
      await page.emulateMedia({ colorScheme, forcedColors })
      expect(await readQrCode(page), `${colorScheme}, forced colors ${forcedColors}`).toBe(uri)
    }
    expect(await fitsItsWidth(page)).toBe(true)
    const link = page.getByRole('link', { name: 'Open in your authenticator app' })
    expect(await link.getAttribute('href')).toBe(uri)
    const shown = (await page.locator('code').textContent()) ?? ''
    expect(shown.replaceAll(' ', '')).toBe(app.secret.base32)
    expect(await reload(page)).toBe('GET')
    expect((URI.parse(await readQrCode(page)) as TOTP).secret.base32).toBe(app.secret.base32)

    await page.locator('#otp').fill('000000')
    await press(page, 'Finish')
    expect(await page.getByRole('alert').textContent()).toMatch(/incorrect/)
    await page.locator('#otp').fill(await codeOf(app))
    await press(page, 'Finish')
    expect(await page.getByRole('status').textContent()).toBe('Your 2FA method is set up.')
    const recoveryCodes = await page.locator('ul.codes li').allTextContents()
    expect(recoveryCodes).toHaveLength(10)
    expect(await violations(page)).toEqual([])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      clickInPlace(page.getByRole('link', { name: 'Download codes' })),
    ])
    expect(download.suggestedFilename()).toBe('recovery-codes.txt')
    await follow(page, 'Continue to your account')
    expect(pathOf(page)).toBe('/account')
  })

  it('logs in with a code, in German, and sees an error for a wrong one', async () => {
    const { app } = await withApp()
    const phone = await Phone.open(browser, 'de-DE', { bypassCSP: true })
    const page = await phone.visit(`${site.origin}/login?return_to=%2Faccount%2F2fa`)
    await logIn(page, site.user)
    await page.getByRole('heading', { name: 'Noch ein Schritt' }).waitFor()
    expect(await violations(page)).toEqual([])
    expect(await reload(page)).toBe('GET')
    await page.locator('#otp').fill('000000')
    await press(page, 'Weiter')
    expect(await page.getByRole('alert').textContent()).toMatch(/falsch/)
    expect(await reload(page)).toBe('GET')
    expect(await page.getByRole('alert').textContent()).toMatch(/falsch/)
    await page.locator('#otp').fill(await codeOf(app))
    await press(page, 'Weiter')
    expect(pathOf(page)).toBe('/account/2fa')
  })

  it('goes back and forth between the two login steps, and is never asked to resend a form', async () => {
    const { app } = await withApp()
    const page = await (await browser.newContext({ locale: 'en-US' })).newPage()
    await page.goto(`${site.origin}/login?return_to=%2Faccount%2F2fa`)
    await logIn(page, site.user)
    const asked: string[] = []
    page.on('request', (one) => one.isNavigationRequest() && asked.push(one.method()))
    await page.goBack()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await page.goForward()
    await page.getByText(`You are logging in as ${site.user.username}`).waitFor()
    await page.reload()
    expect(asked.filter((method) => method !== 'GET')).toEqual([])
    await page.locator('#otp').fill(await codeOf(app))
    await press(page, 'Continue')
    expect(pathOf(page)).toBe('/account/2fa')
  })

  it('logs in with a recovery code after losing the app, without scripts', async () => {
    const { recoveryCodes } = await withApp()
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${site.origin}/login`)
    await logIn(page, site.user)
    await page.locator('#otp').fill(recoveryCodes[0] ?? '')
    await press(page, 'Continue')
    expect(pathOf(page)).toBe('/account')
  })

  it('adds a phone, gets a text message with a code, and removes the app', async () => {
    const { app } = await withApp()
    const phone = await Phone.open(browser, 'en-US')
    const page = await phone.visit(`${site.origin}/login?return_to=%2Faccount%2F2fa`)
    await logIn(page, site.user)
    await page.locator('#otp').fill(await codeOf(app))
    await press(page, 'Continue')
    await page.locator('#phone_number').fill('+49 30 901820')
    await press(page, 'Text me a code')
    const texted = async () => {
      const outbox = await fetch(`${latchkey.origin}/outbox.json`)
      const sent = (await outbox.json()) as { to: string; text: string }[]
      return sent.find(({ to }) => to === '+4930901820')?.text.slice(0, 6) ?? ''
    }
    await expect.poll(texted).toMatch(/^\d{6}$/)
    await page.locator('#otp').fill(await texted())
    await press(page, 'Finish')
    await press(page, 'Remove: Authenticator app')
    expect(await page.getByRole('button', { name: 'Remove: Authenticator app' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Remove: Phone' }).count()).toBe(1)
  })
})
