import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { openBrowser } from './support/browser.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import {
  clickInPlace,
  logIn,
  nextPage,
  openedPage,
  press,
  pressEnter,
} from './support/navigation.ts'
import { Phone } from './support/phone.ts'

const USER = { username: 'sessionuser', password: 'sessionuserpassword' }

let latchkey: Latchkey
let browser: Browser

beforeAll(async () => {
  ;[latchkey, browser] = await Promise.all([startLatchkey(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await latchkey?.stop()
})

/** Polls as Cyberduck does: an empty body with a JSON Content-Type. */
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
  return phone.visit(addressFor(key, computer))
}

/** A page of another site, which can send a browser to us. */
async function strangersPage(body: string): Promise<{ url: string; server: Server }> {
  const server = createServer((_, reply) => {
    reply.setHeader('Content-Type', 'text/html')
    reply.end(`<!doctype html><title>A game</title>${body}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}

function addressFor(key: string, computer: string): string {
  const query = new URLSearchParams({ pairing_key: key, platform: 'mac', computer })
  return `${latchkey.siteOrigin}/login_from_desktop?${query}`
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
    await logIn(page, USER)
    expect(page.url()).not.toContain(key)
    expect(await page.locator('dl').textContent()).toContain('Jo’s Mac')
    expect(await violations(page)).toEqual([])
    expect((await poll(key)).status).toBe(404)
    await press(page, 'Connect')
    await page.getByRole('heading', { name: 'Connected' }).waitFor()
    expect(await violations(page)).toEqual([])

    const { status, body } = await poll(key)
    expect([status, body?.server]).toEqual([201, latchkey.siteOrigin])
    expect((await poll(key)).status).toBe(404)
    const paired = body?.password ?? ''
    expect([await use(paired), await use(paired, 'GET', '/api_keys')]).toEqual([200, 403])

    await page.goto(`${latchkey.siteOrigin}/account`)
    await press(page, 'Revoke: Jo’s Mac')
    await page.getByText('You have no API keys or paired apps.').waitFor()
    expect(await use(paired)).toBe(401)

    const again = crypto.randomUUID()
    const second = await openApp(again, phone)
    await second.locator('#sure').check()
    await press(second, 'Connect')
    await second.getByRole('heading', { name: 'Waiting for the app' }).waitFor()
    expect(await violations(second)).toEqual([])
    expect((await poll(again)).status).toBe(404)
    await press(second, 'Check again')
    await second.getByRole('heading', { name: 'Connect from this network, too?' }).waitFor()
    expect(await violations(second)).toEqual([])
    await press(second, 'Connect')
    await second.getByRole('heading', { name: 'Connected' }).waitFor()
    const repaired = (await poll(again)).body?.password ?? ''
    expect([
      await use(repaired),
      await use(repaired, 'DELETE', '/api_key'),
      await use(repaired),
    ]).toEqual([200, 204, 401])
  })

  it('gets no key when it is denied', async () => {
    const phone = await Phone.open(browser, 'de-DE')
    const key = 'a1B2c3D4'
    await poll(key)
    const page = await openApp(key, phone, 'Ein fremder Rechner')
    await logIn(page, USER)
    const stops: unknown[] = []
    for (let stop = 0; stop < 2; stop++) {
      await page.keyboard.press('Tab')
      stops.push(await page.evaluate(() => document.activeElement?.textContent))
    }
    expect(stops).toEqual(['Verbinden', 'Nicht verbinden'])
    await pressEnter(page)
    await page.getByRole('heading', { name: 'Nicht verbunden' }).waitFor()
    expect((await poll(key)).status).toBe(404)
    const late = await openApp(key, phone)
    await late.getByRole('heading', { name: 'Nichts zu verbinden' }).waitFor()
    expect(phone.complaints.filter((complaint) => !/Failed to load/.test(complaint))).toEqual([])
  })
})

describe('Two approval pages in one browser', () => {
  /** The approval page of the user's own app, and that of another one, which another site's page opened in a pop-up. */
  async function ownAndStrangers() {
    const [own, strangers] = [crypto.randomUUID(), crypto.randomUUID()]
    for (const key of [own, strangers]) await poll(key)
    const context = await browser.newContext({ locale: 'en-US' })
    const page = await context.newPage()
    await page.goto(addressFor(own, 'Jo’s Mac'))
    await logIn(page, USER)
    await page.getByText('Jo’s Mac').waitFor()
    const open = `window.open('${addressFor(strangers, 'A game')}')`
    const { url, server } = await strangersPage(`<button onclick="${open}">Play</button>`)
    const game = await context.newPage()
    await game.goto(url)
    const popUp = await openedPage(context, () =>
      clickInPlace(game.getByRole('button', { name: 'Play' })),
    )
    await popUp.getByText('A game').waitFor()
    server.close()
    return { own, strangers, page, popUp }
  }

  it('each approve the app that they show, even when another site’s page opened the other one', async () => {
    const { own, strangers, page, popUp } = await ownAndStrangers()
    await press(page, 'Connect')
    await page.getByRole('heading', { name: 'Connected' }).waitFor()
    expect([(await poll(strangers)).status, (await poll(own)).status]).toEqual([404, 201])
    await press(popUp, 'Do not connect')
    await popUp.getByRole('heading', { name: 'Not connected' }).waitFor()
    expect((await poll(strangers)).status).toBe(404)
  })

  it('each deny the app that they show', async () => {
    const { own, strangers, page, popUp } = await ownAndStrangers()
    await press(popUp, 'Do not connect')
    await popUp.getByRole('heading', { name: 'Not connected' }).waitFor()
    await page.bringToFront()
    await press(page, 'Connect')
    await page.getByRole('heading', { name: 'Connected' }).waitFor()
    expect([(await poll(strangers)).status, (await poll(own)).status]).toEqual([404, 201])
  })
})

describe('A page of another site', () => {
  it('can neither poll for a key nor guess a password in its visitor’s name', async () => {
    const key = crypto.randomUUID()
    const api = `${latchkey.siteOrigin}${API}`
    const { url, server } = await strangersPage(`
      <form id="poll" method="post" action="${api}/sessions/pairing_key/${key}"></form>
      <form id="guess" method="post" action="${api}/sessions">
        <input name="username" value="sessionuser"><input name="password" value="a guess"></form>`)
    const context = await browser.newContext({ locale: 'en-US' })
    const game = await context.newPage()
    for (const id of ['poll', 'guess']) {
      await game.goto(url)
      const reply = game.waitForResponse((one) => one.url().startsWith(api))
      await nextPage(game, () =>
        game.evaluate((which) => document.forms.namedItem(which)?.submit(), id),
      )
      expect((await reply).status()).toBe(403)
    }
    server.close()
    const page = await context.newPage()
    await page.goto(addressFor(key, 'A game'))
    await logIn(page, USER)
    expect(await page.locator('dl').textContent()).toContain('unknown')
  })
})
