import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { openBrowser } from './support/browser.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import {
  clickInPlace,
  doubleClickThrough,
  follow,
  logIn,
  nextPage,
  pathOf,
  press,
  pressEnter,
} from './support/navigation.ts'
import { type OwnSite, ownSite, type Person } from './support/own-site.ts'
import { logInto, sessionOf } from './support/stored-session.ts'

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

const first = 'sessionuserpassword'
const second = 'a quiet lamp by the window'

type Look = Parameters<Browser['newContext']>[0]

const DESK: Look = { viewport: { width: 1280, height: 900 }, locale: 'en-US' }

async function open(path: string, look: Look = DESK): Promise<Page> {
  const context = await browser.newContext(look)
  const page = await context.newPage()
  await page.goto(`${site.origin}${path}`)
  return page
}

/** A browser that already has a session. The first test logs in with the form. */
async function openAs(person: Person, path = '/account', look: Look = DESK): Promise<Page> {
  const context = await browser.newContext(look)
  await logInto(context, site.origin, person)
  const page = await context.newPage()
  await page.goto(`${site.origin}${path}`)
  return page
}

/** A reset link for a password that is never changed, requested by the first test that needs it. */
let resetLink: string | undefined

/** The path of the reset link that is mailed now. */
async function mailedLink(): Promise<string> {
  await fetch(`${latchkey.siteOrigin}${API}/sessions/forgot`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'sessionuser' }),
  })
  let link = ''
  await expect
    .poll(async () => {
      const mails = (await fetch(`${latchkey.siteOrigin}/outbox.json`)).json()
      const texts = ((await mails) as { text: string }[]).map(({ text }) => text).join()
      link = /\/reset\?code=[0-9a-f]{40}/.exec(texts)?.[0] ?? ''
      return link
    })
    .not.toBe('')
  return link
}

async function cookies(context: BrowserContext) {
  return (await context.cookies()).filter(({ name }) => name === '__Host-latchkey')
}

async function statusOfKey(key: string): Promise<number> {
  const headers = { 'X-FilesAPI-Key': key }
  return (await fetch(`${site.origin}${API}/site`, { headers })).status
}

describe('A person at a browser', () => {
  it('is sent to log in, sees why it failed, and then reaches the requested page', async () => {
    const page = await open('/account')
    expect(pathOf(page)).toBe('/login')
    await logIn(page, { ...site.user, password: 'wrong' })
    expect(await page.getByRole('alert').textContent()).toBe('Invalid username or password')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('alert')
    expect(await page.locator('#username').inputValue()).toBe(site.user.username)
    expect(await cookies(page.context())).toEqual([])
    await logIn(page, site.user)
    expect(pathOf(page)).toBe('/account')
    const [cookie, ...others] = await cookies(page.context())
    expect(others).toEqual([])
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
    expect(cookie?.value).toMatch(/^[0-9a-f]{40}$/)
    const [request] = await Promise.all([page.waitForRequest(/\/account$/), page.reload()])
    expect((await request.allHeaders()).cookie).toContain(`__Host-latchkey=${cookie?.value}`)
    expect(await page.locator('main').textContent()).toContain('sessionuser')
  })

  it('creates a key that works, sees it, and revokes it', async () => {
    const page = await open('/login')
    await logIn(page, site.user)
    await page.getByLabel('Name of the key').fill('nightly backup')
    await page.locator('#key_password').fill('wrong')
    await press(page, 'Create key')
    expect(await page.getByRole('alert').textContent()).toBe('The password is incorrect.')
    await page.getByLabel('Name of the key').fill('nightly backup')
    await page.locator('#key_password').fill(first)
    await press(page, 'Create key')
    const key = (await page.getByRole('status').locator('code').textContent()) ?? ''
    expect(await statusOfKey(key)).toBe(200)
    await page.goto(`${site.origin}/account`)
    expect(await page.content()).not.toContain(key)
    await press(page, 'Revoke: nightly backup')
    await page.getByText('You have no API keys or paired apps.').waitFor()
    expect(await statusOfKey(key)).toBe(401)
  })

  it('revokes a session elsewhere, at once', async () => {
    const [elsewhere, here] = [await openAs(site.user), await openAs(site.user)]
    await press(here, 'Revoke all other sessions')
    await here.getByText('This session').waitFor()
    expect(await here.getByRole('button', { name: /^Revoke: / }).count()).toBe(0)
    await elsewhere.reload()
    expect(pathOf(elsewhere)).toBe('/login')
    expect(await cookies(elsewhere.context())).toEqual([])
  })

  it('chooses a lasting language and a password, and logs out', async () => {
    const page = await openAs(site.user)
    await page.locator('#language').selectOption('de')
    await press(page, 'Save')
    await page.getByRole('heading', { name: 'Ihr Konto' }).waitFor()
    for (const [id, value] of [
      ['present_password', first],
      ['new_password', second],
      ['new_password_again', second],
    ])
      await page.locator(`#${id}`).fill(value as string)
    await press(page, 'Passwort ändern')
    expect(await page.getByRole('status').textContent()).toBe('Ihr Passwort ist geändert.')
    await page.goto(`${site.origin}/account`)
    await press(page, 'Abmelden')
    await page.getByRole('button', { name: /^(Anmelden|Log in)$/ }).waitFor()
    expect(await cookies(page.context())).toEqual([])
    await logIn(page, site.user)
    await page.getByRole('alert').waitFor()
    await logIn(page, { ...site.user, password: second })
    await page.getByRole('heading', { name: 'Ihr Konto' }).waitFor()
  })
})

describe('A tab left open', () => {
  it('does nothing for the user who logged in since, names them, and leads on', async () => {
    const stale = await openAs(site.user, '/account', { ...DESK, bypassCSP: true })
    const page = await stale.context().newPage()
    await page.goto(`${site.origin}/account`)
    await press(page, 'Log out')
    expect(pathOf(page)).toBe('/login')
    await logIn(page, site.admin)
    await stale.locator('#language').selectOption('de')
    await press(stale, 'Save')
    const told = `You are now logged in as ${site.admin.username}`
    await stale.getByRole('heading', { name: told }).waitFor()
    expect(await stale.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('alert')
    expect(await violations(stale)).toEqual([])
    await follow(stale, 'Open the page again')
    await stale.getByRole('heading', { name: 'Your account' }).waitFor()
    expect(await stale.locator('#who + dl').textContent()).toContain(site.admin.username)
    await page.reload()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  })

  it('logs nobody else out', async () => {
    const stale = await openAs(site.user)
    const page = await stale.context().newPage()
    await page.goto(`${site.origin}/login`)
    await logIn(page, site.admin)
    await press(stale, 'Log out')
    await stale.getByRole('heading', { name: 'You are now logged in as' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  })
})

describe('The account pages', () => {
  it.each([
    ['light, at a desk, in English', { ...DESK, colorScheme: 'light' }],
    ['dark, on a phone, in German', phone('dark', 'de-DE')],
    ['light, on a small phone, in French', phone('light', 'fr-FR', 320)],
  ] as [string, Look][])('meet WCAG 2.2 AA: %s', async (_, look) => {
    const visited: Record<string, unknown> = {}
    const check = async (page: Page, name: string) => {
      visited[name] = await violations(page)
    }
    await giveColor('#ffcc00')
    resetLink ??= await mailedLink()
    const paths = ['/forgot', '/reset', resetLink, '/login/token', '/no/such/page', '/login']
    const page = await (await browser.newContext({ ...look, bypassCSP: true })).newPage()
    for (const path of paths) {
      await page.goto(`${site.origin}${path}`)
      await check(page, path)
      if (path === '/login') {
        await logIn(page, { ...site.user, password: 'wrong' })
        await check(page, 'a log in refused')
        await logIn(page, site.user)
        await check(page, '/account')
      }
    }
    expect(visited).toEqual(Object.fromEntries(Object.keys(visited).map((name) => [name, []])))
  })

  it('work with the keyboard alone', async () => {
    const page = await open('/login')
    const reached: unknown[] = []
    for (let stop = 0; stop < 6; stop++) {
      await page.keyboard.press('Tab')
      reached.push(
        await page.evaluate(
          () => document.activeElement?.id || document.activeElement?.textContent,
        ),
      )
    }
    expect(reached).toEqual([
      'username',
      'password',
      'Show',
      'Log in',
      'Log in with a passkey',
      'Forgot your password?',
    ])
  })

  it('send a form once, however often it is clicked, and again when the browser returns to it', async () => {
    const page = await openAs(site.user, '/account?locale=en')
    let posts = 0
    let clickedTwice: Promise<void> | undefined
    await page.route(/\/account\/language$/, async (sent) => {
      posts++
      await clickedTwice
      await sent.continue()
    })
    const save = page.locator('form[action="/account/language"] button')
    /** The first click is answered after the second. */
    const clickTwice = () => {
      clickedTwice = page.evaluate(doubleClick)
      return doubleClickThrough(save)
    }
    await page.locator('#language').selectOption('de')
    await clickTwice()
    expect(posts).toBe(1)
    await page.goBack()
    expect(await page.evaluate(sentAgainAfterPageshow)).toEqual([true, false, true])
    await page.locator('#language').selectOption('en')
    await clickTwice()
    expect(posts).toBe(2)
  })

  it('show a password on demand, and work without scripts', async () => {
    const page = await open('/login')
    await page.locator('#password').fill('see me')
    await clickInPlace(page.getByRole('button', { name: 'Show' }))
    expect(await page.locator('#password').getAttribute('type')).toBe('text')
    const plain = await open('/login', { ...DESK, javaScriptEnabled: false })
    expect(await plain.getByRole('button', { name: 'Show' }).count()).toBe(0)
    await logIn(plain, site.user)
    await plain.locator('#who').waitFor()
  })

  it('link to our own pages only', async () => {
    for (const place of [
      '//evil.example',
      'https://evil.example/',
      '/\\evil.example',
      '/account/../x',
      'javascript:1',
    ]) {
      const page = await open(`/login?return_to=${encodeURIComponent(place)}`)
      await logIn(page, site.user)
      expect(page.url()).toBe(`${site.origin}/account`)
    }
  })

  it('ask before a login token logs in, and keep it out of the URL', async () => {
    const reply = await fetch(`${latchkey.origin}${API}/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: site.user.username, password: first }),
    })
    const { login_token: token } = (await reply.json()) as { login_token: string }
    const context = await browser.newContext({ ...DESK, bypassCSP: true })
    const page = await context.newPage()
    const address = `${site.origin}/login/token#${token}`
    // The page that takes the token continues by itself, perhaps before it has loaded.
    const openLink = () => page.goto(address, { waitUntil: 'commit' })
    await nextPage(page, openLink, page.locator('dl'))
    expect(page.url()).toBe(`${site.origin}/login/token`)
    expect(await page.locator('dl').textContent()).toContain('sessionuser')
    expect(await violations(page)).toEqual([])
    expect(await cookies(page.context())).toEqual([])
    await page.keyboard.press('Tab')
    await pressEnter(page)
    expect(pathOf(page)).toBe('/account')
    expect(await page.locator('main').textContent()).toContain('sessionuser')
  })

  it('cannot be framed, and refuse forms of another origin', async () => {
    const evil = await otherOrigin(`
      <iframe src="${site.origin}/login"></iframe>
      <form id="forged" method="post" action="${site.origin}/account/sessions/end_others"></form>`)
    const page = await openAs(site.user)
    const other = await page.context().newPage()
    await sessionOf(site.origin, site.user)
    await other.goto(evil.url)
    const framed = other.frames().find((frame) => frame !== other.mainFrame())
    expect(await framed?.locator('form').count()).toBe(0)
    const reply = other.waitForResponse(/end_others/)
    await nextPage(other, () =>
      other.evaluate(() => (document.getElementById('forged') as HTMLFormElement).submit()),
    )
    expect((await reply).status()).toBe(403)
    await page.goto(`${site.origin}/account`)
    expect(await page.locator('form[action="/account/sessions/end_others"]').count()).toBe(1)
    evil.server.close()
  })
})

async function giveColor(color: string): Promise<void> {
  const database = await latchkey.database('DB_US_EAST_1')
  await database
    .prepare(`UPDATE sites SET accent_color = '${color}' WHERE subdomain = '${site.subdomain}'`)
    .run()
}

function phone(colorScheme: 'light' | 'dark', locale: string, width = 390): Look {
  return { viewport: { width, height: 844 }, isMobile: true, hasTouch: true, locale, colorScheme }
}

async function otherOrigin(body: string): Promise<{ url: string; server: Server }> {
  const server = createServer((_, reply) => {
    reply.setHeader('Content-Type', 'text/html')
    reply.end(`<!doctype html><title>evil</title>${body}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}

function doubleClick(): Promise<void> {
  return new Promise((done) => {
    document.addEventListener('dblclick', () => done(), { once: true })
  })
}

/** Whether a form is sent: first, once more, and after the page was restored from the browser's cache. */
function sentAgainAfterPageshow(): boolean[] {
  const form = document.querySelector('form[action="/logout"]') as HTMLFormElement
  const sent: boolean[] = []
  const listen = (event: Event) => {
    sent.push(!event.defaultPrevented)
    event.preventDefault()
  }
  document.addEventListener('submit', listen)
  form.requestSubmit()
  form.requestSubmit()
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  form.requestSubmit()
  document.removeEventListener('submit', listen)
  return sent
}
