import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { openBrowser } from './support/browser.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { Phone } from './support/phone.ts'

let latchkey: Latchkey
let browser: Browser

beforeAll(async () => {
  ;[latchkey, browser] = await Promise.all([startLatchkey(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await latchkey?.stop()
})

/** As Cyberduck does, in its own words: an empty body that says it is JSON. */
async function poll(key: string) {
  const reply = await fetch(`${latchkey.origin}${API}/sessions/pairing_key/${key}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'Cyberduck/8.9.0 (Mac OS X/14.5)',
    },
  })
  return { status: reply.status, body: reply.status === 201 ? await reply.json() : null } as {
    status: number
    body: { server: string; username: string; password: string; nickname: string } | null
  }
}

async function openApp(key: string, phone: Phone, computer = 'Jo’s Mac'): Promise<Page> {
  const query = new URLSearchParams({ pairing_key: key, platform: 'mac', computer })
  return phone.visit(`${latchkey.siteOrigin}/login_from_desktop?${query}`)
}

async function logIn(page: Page): Promise<void> {
  await page.locator('#username').fill('sessionuser')
  await page.locator('#password').fill('sessionuserpassword')
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
}

async function use(key: string, method = 'GET', path = '/site'): Promise<number> {
  const headers = { 'X-FilesAPI-Key': key }
  return (await fetch(`${latchkey.siteOrigin}${API}${path}`, { method, headers })).status
}

describe('A desktop app', () => {
  it('is paired on a phone, used, revoked on the account page, and paired again', async () => {
    const phone = await Phone.open(browser, 'en-US', { bypassCSP: true })
    const key = crypto.randomUUID()
    for (let times = 0; times < 3; times++) expect((await poll(key)).status).toBe(404)

    const page = await openApp(key, phone)
    expect(page.url()).toContain('/login?')
    expect(page.url()).not.toContain(key)
    await logIn(page)
    expect(page.url()).not.toContain(key)
    expect(await page.locator('dl').textContent()).toContain('Jo’s Mac')
    expect(await violations(page)).toEqual([])
    expect((await poll(key)).status).toBe(404)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByRole('heading', { name: 'Connected' }).waitFor()
    expect(await violations(page)).toEqual([])

    const { status, body } = await poll(key)
    expect([status, body?.server]).toEqual([201, latchkey.siteOrigin])
    expect((await poll(key)).status).toBe(404)
    const paired = body?.password ?? ''
    expect([await use(paired), await use(paired, 'GET', '/api_keys')]).toEqual([200, 403])

    await page.goto(`${latchkey.siteOrigin}/account`)
    await page.getByRole('button', { name: 'Revoke: Jo’s Mac' }).click()
    await page.getByText('You have none.').waitFor()
    expect(await use(paired)).toBe(401)

    const again = crypto.randomUUID()
    const second = await openApp(again, phone)
    await second.locator('#sure').check()
    await second.getByRole('button', { name: 'Connect', exact: true }).click()
    await second.getByRole('heading', { name: 'Connected' }).waitFor()
    const repaired = (await poll(again)).body?.password ?? ''
    expect([
      await use(repaired),
      await use(repaired, 'DELETE', '/api_key'),
      await use(repaired),
    ]).toEqual([200, 204, 401])
  })

  it('gets nothing when it is refused', async () => {
    const phone = await Phone.open(browser, 'de-DE')
    const key = 'a1B2c3D4'
    await poll(key)
    const page = await openApp(key, phone, 'Ein fremder Rechner')
    await logIn(page)
    const stops: unknown[] = []
    for (let stop = 0; stop < 2; stop++) {
      await page.keyboard.press('Tab')
      stops.push(await page.evaluate(() => document.activeElement?.textContent))
    }
    expect(stops).toEqual(['Verbinden', 'Nein, nicht verbinden'])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Nicht verbunden' }).waitFor()
    expect((await poll(key)).status).toBe(404)
    const late = await openApp(key, phone)
    await late.getByRole('heading', { name: 'Nichts zu verbinden' }).waitFor()
    expect(phone.complaints.filter((complaint) => !/Failed to load/.test(complaint))).toEqual([])
  })
})
