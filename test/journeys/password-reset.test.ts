import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser } from './support/browser.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { doubleClickThrough, follow, press } from './support/navigation.ts'
import { type OwnSite, ownSite } from './support/own-site.ts'
import { fitsItsWidth, Phone } from './support/phone.ts'
import { plainRequest } from './support/plain-http.ts'

const require = createRequire(import.meta.url)
const Files = require('files.com/lib/Files.js')
const Session = require('files.com/lib/models/Session.js')
const ApiKey = require('files.com/lib/models/ApiKey.js')
const errors = require('files.com/lib/Errors.js')
const { LogLevel } = require('files.com/lib/Logger.js')

const first = 'sessionuserpassword'
const second = 'a quiet lamp by the window'
const third = 'eine leise Lampe am Fenster'

let latchkey: Latchkey
let browser: Browser
let site: OwnSite

beforeAll(async () => {
  ;[latchkey, browser] = await Promise.all([startLatchkey(), openBrowser()])
  Files.setLogLevel(LogLevel.NONE)
  Files.configureNetwork({ maxNetworkRetries: 0 })
})
afterAll(async () => {
  await browser?.close()
  await latchkey?.stop()
})
beforeEach(async () => {
  site = await ownSite(latchkey)
  Files.setBaseUrl(site.origin)
  Files.setSessionId(null)
  Files.setApiKey(null)
})

describe('A person who forgot their password', () => {
  it('chooses a new one on a phone, with the page, the mail and its link', async () => {
    const before = await logIn(first)
    const phone = await Phone.open(browser, 'en-US')

    const forgot = await phone.visit(`${site.origin}/forgot`)
    expect(await fitsItsWidth(forgot)).toBe(true)
    await forgot.getByLabel('Username or email address').fill(site.user.username)
    await press(forgot, 'Send reset link')
    expect(await forgot.getByRole('status').textContent()).toContain('a link is on its way')

    const link = await mailedLink(1)
    await openAsMailScanner(link)
    const reset = await phone.followMailedLink(`${site.origin}/outbox`)
    expect(reset.url()).toBe(`${site.origin}/reset`)
    expect(await fitsItsWidth(reset)).toBe(true)

    const labels = ['New password', 'Confirm password', 'Save password'] as const
    await submit(reset, labels, 'too short')
    expect(await reset.getByRole('alert').textContent()).toContain('at least 15 characters')
    await submit(reset, labels, 'abcabcabcabcabcabc')
    expect(await reset.getByRole('alert').textContent()).toContain('too common')
    await submit(reset, labels, second, `${second}s`)
    expect(await reset.getByRole('alert').textContent()).toContain('do not match')
    expect(await fitsItsWidth(reset)).toBe(true)
    expect(await statusOfValidate(link)).toBe(204)
    await submit(reset, labels, second)
    expect(await reset.getByRole('status').textContent()).toContain(
      'All your sessions were revoked',
    )

    expect(await statusOfValidate(link)).toBe(401)
    expect(await canUse(before)).toBe(false)
    await expect(logIn(first)).rejects.toBeInstanceOf(
      errors.NotAuthenticated_InvalidUsernameOrPasswordError,
    )
    expect(await canUse(await logIn(second))).toBe(true)
    expectQuiet(phone)
    // Some browsers send nothing else about where a form comes from.
    expect(await phone.originsOfForms()).toEqual([site.origin])
    await phone.close()
  })

  it('gets pages and mail in German when the browser asks for it', async () => {
    const phone = await Phone.open(browser, 'de-AT')
    const forgot = await phone.visit(`${site.origin}/forgot`)
    await forgot.getByLabel('Benutzername oder E-Mail-Adresse').fill(site.user.email)
    await press(forgot, 'Link senden')
    expect(await forgot.getByRole('heading').textContent()).toBe('Prüfen Sie Ihr Postfach')

    await mailedLink(1)
    const [mail] = await mails()
    expect(mail?.subject).toBe('Neues Passwort wählen')
    const reset = await phone.followMailedLink(`${site.origin}/outbox`)
    const labels = ['Neues Passwort', 'Passwort bestätigen', 'Passwort speichern'] as const
    await submit(reset, labels, 'zu kurz')
    expect(await reset.getByRole('alert').textContent()).toContain('mindestens 15 Zeichen')
    expect(await fitsItsWidth(reset)).toBe(true)
    await submit(reset, labels, third)
    expect(await reset.getByRole('heading').textContent()).toBe('Ihr Passwort ist geändert')
    expect(await canUse(await logIn(third))).toBe(true)
    expectQuiet(phone)
    await phone.close()
  })
})

describe('A double click before the script has loaded', () => {
  it('resets the password once, and says that it is changed', async () => {
    await fetch(`${site.origin}${API}/sessions/forgot`, {
      method: 'POST',
      body: new URLSearchParams({ username: site.user.username }),
    })
    const context = await browser.newContext({ locale: 'en-US' })
    const page = await context.newPage()
    await page.route(/\/assets\/.*\.js$/, (script) => script.abort())
    await page.goto(await mailedLink(1))
    await page.getByLabel('New password', { exact: true }).fill(second)
    await page.getByLabel('Confirm password', { exact: true }).fill(second)
    await doubleClickThrough(page.getByRole('button', { name: 'Save password' }))
    await page.getByRole('heading', { name: 'Your password is changed' }).waitFor()
    await follow(page, 'Log in')
    await page.getByLabel('Username').fill(site.user.username)
    await page.getByLabel('Password', { exact: true }).fill(second)
    await doubleClickThrough(page.getByRole('button', { name: 'Log in', exact: true }))
    // The cookie of the first reply may be lost with it. Then the next page asks for a login.
    expect(page.url()).toMatch(/\/(account|login\?return_to=%2Faccount)$/)
    expect(await page.getByRole('alert').count()).toBe(0)
    await context.close()
  })
})

async function submit(
  page: Page,
  [password, again, save]: readonly [string, string, string],
  typed: string,
  typedAgain = typed,
): Promise<void> {
  await page.getByLabel(password, { exact: true }).fill(typed)
  await page.getByLabel(again, { exact: true }).fill(typedAgain)
  await press(page, save)
}

/** Opens each link of a mail more than once, as mail scanners do. */
async function openAsMailScanner(link: string): Promise<void> {
  for (const method of ['GET', 'HEAD', 'GET', 'HEAD']) {
    const { status, headers } = await plainRequest(method, link)
    expect([status, headers['referrer-policy']]).toEqual([303, 'no-referrer'])
  }
}

/** Expects that no other host was called, and no error but the service's own refusals. */
function expectQuiet({ askedHosts, complaints }: Phone): void {
  expect([...askedHosts]).toEqual([new URL(site.origin).host])
  const refusal = /^Failed to load resource: the server responded with a status of 422/
  expect(complaints.filter((complaint) => !refusal.test(complaint))).toEqual([])
}

/** The link of the newest mail, once that many have been sent. */
async function mailedLink(count: number): Promise<string> {
  await expect.poll(async () => (await mails()).length).toBe(count)
  const [mail] = await mails()
  return /http\S+\/reset\?code=[0-9a-f]{40}/.exec(mail?.text ?? '')?.[0] ?? ''
}

/** The mails to the user of the test. */
async function mails(): Promise<{ subject: string; text: string }[]> {
  const sent = await (await fetch(`${site.origin}/outbox.json`)).json()
  return (sent as { to: string; subject: string; text: string }[]).filter(
    ({ to }) => to === site.user.email,
  )
}

async function statusOfValidate(link: string): Promise<number> {
  const code = new URL(link).searchParams.get('code') ?? ''
  const body = new URLSearchParams({ code })
  const url = `${site.origin}${API}/sessions/forgot/validate`
  return (await fetch(url, { method: 'POST', body })).status
}

async function logIn(password: string): Promise<string> {
  return (await Session.create({ username: site.user.username, password })).getId()
}

async function canUse(session: string): Promise<boolean> {
  Files.setSessionId(session)
  const listed = await ApiKey.list({ user_id: 0 }).catch((error: unknown) => error)
  Files.setSessionId(null)
  if (listed instanceof errors.NotAuthenticated_InvalidCredentialsError) return false
  expect(listed).toEqual([])
  return true
}
