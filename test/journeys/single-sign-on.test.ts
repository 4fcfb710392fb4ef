import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violations } from './support/accessibility.ts'
import { openBrowser } from './support/browser.ts'
import { API, type Latchkey, startLatchkey } from './support/latchkey.ts'
import './support/localhost-names.ts'
import { clickInPlace, clickThrough, follow, logIn, pathOf, press } from './support/navigation.ts'
import { OpenIdProvider } from './support/openid-provider.ts'
import { type OwnSite, ownSite } from './support/own-site.ts'

let latchkey: Latchkey
let browser: Browser
const acme = new OpenIdProvider('acme')
const globex = new OpenIdProvider('globex')

/** Credentials like Google's, with characters that an encoder may change. */
const rules = { provision_users: true, provision_group_required: 'staff' }

const CLIENT = {
  id: '1234-ab_c.apps.example.com',
  secret: 'GOCSPX-of_at-least.thirty~two_characters',
}

beforeAll(async () => {
  ;[latchkey, browser] = await Promise.all([startLatchkey(), openBrowser()])
  await offer(acme, { label: 'Acme', ...rules, provision_site_admin_groups: 'admins' })
  await offer(globex, { label: 'Globex', ...rules })
})
afterAll(async () => {
  await browser?.close()
  await latchkey?.stop()
  await acme.stop()
  await globex.stop()
})

type Json = Record<string, unknown> & { id: string; redirect_uri: string }

async function post(path: string, body: object, headers = {}, origin = latchkey.siteOrigin) {
  const reply = await fetch(`${origin}${API}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: reply.status, body: (await reply.json()) as Json }
}

/** The site that most tests share, each with users of its own. */
function demoSite(): Pick<OwnSite, 'origin' | 'admin'> {
  const admin = { username: 'siteadmin', password: 'siteadminpassword', email: '' }
  return { origin: latchkey.siteOrigin, admin }
}

/** A site admin sets up a provider, which gets the redirect and logout URIs. */
async function offer(
  provider: OpenIdProvider,
  settings: object,
  { origin, admin: { username, password } } = demoSite(),
): Promise<void> {
  await provider.listen()
  const { body: session } = await post('/sessions', { username, password }, {}, origin)
  const auth = { 'X-FilesAPI-Auth': String(session.token) }
  const strategy = {
    provider: 'openid_connect',
    issuer: provider.issuer,
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    ...settings,
  }
  const { body } = await post('/sso_strategies', strategy, auth, origin)
  await provider.serve({
    ...CLIENT,
    redirectUris: [body.redirect_uri],
    logoutUri: String(body.backchannel_logout_uri),
  })
  const test = await post(`/sso_strategies/${body.id}/test`, {}, auth, origin)
  expect(test.body.outcome).toBe('works')
}

async function open(path = '/login'): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', bypassCSP: true })
  const page = await context.newPage()
  await page.goto(`${latchkey.siteOrigin}${path}`)
  return page
}

async function logInBy(label: string, name: string): Promise<Page> {
  const page = await open()
  await follow(page, `Log in with ${label}`)
  await OpenIdProvider.logIn(page, name)
  expect(new URL(page.url()).origin).toBe(latchkey.siteOrigin)
  return page
}

/** The URL to which the provider redirects the browser, which does not load it. */
async function answerOf(page: Page, act: () => Promise<void>): Promise<URL> {
  // Playwright cannot route a redirect.
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('Fetch.enable', { patterns: [{ urlPattern: '*/login_from_oauth/*' }] })
  const answer = new Promise<URL>((resolve) => {
    devTools.once('Fetch.requestPaused', ({ requestId, request }) => {
      void devTools.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
      resolve(new URL(request.url))
    })
  })
  await act()
  await answer
  await devTools.detach()
  return answer
}

describe('A person with an identity provider', () => {
  it('logs in with its button, is provisioned, and sees the linked account', async () => {
    const page = await logInBy('Acme', 'jane')
    expect(page.url()).toBe(`${latchkey.siteOrigin}/account`)
    const main = await page.locator('main').textContent()
    expect(main).toContain('jane@acme.example')
    expect(main).toContain('Linked logins')
    expect(main).not.toContain('Change your password')
    expect(await violations(page)).toEqual([])
  })

  it('is a site admin by their group, and the same user at the next login', async () => {
    await logInBy('Acme', 'boss')
    await logInBy('Acme', 'boss')
    const database = await latchkey.database('DB_US_EAST_1')
    const { results } = await database
      .prepare("SELECT site_admin FROM users WHERE email = 'boss@acme.example'")
      .all()
    expect(results).toEqual([{ site_admin: 1 }])
  })

  it('is two users when two providers use the same name', async () => {
    const [one, two] = [await logInBy('Acme', 'joe'), await logInBy('Globex', 'joe')]
    expect(await one.locator('main').textContent()).toContain('joe@acme.example')
    expect(await two.locator('main').textContent()).toContain('joe@globex.example')
  })

  it('is logged out here at once when they log out there', async () => {
    const page = await logInBy('Acme', 'ann')
    const there = await page.context().newPage()
    await there.goto(`${acme.issuer}/session/end`)
    await press(there, 'Yes, sign me out')
    await there.getByText('Sign-out Success').waitFor()
    await page.reload()
    expect(pathOf(page)).toBe('/login')
  })

  it('logs out here, and then there', async () => {
    const page = await logInBy('Globex', 'ben')
    await press(page, 'Log out')
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor()
    expect(await violations(page)).toEqual([])
    await follow(page, 'Log out there, too')
    await press(page, 'Yes, sign me out')
    await page.getByText('Sign-out Success').waitFor()
  })

  it('declines there, and sees an error here', async () => {
    const page = await open()
    await follow(page, 'Log in with Acme')
    await clickThrough(page.getByRole('link', { name: /Cancel/ }))
    await page.getByRole('heading', { name: 'You were not logged in' }).waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(/you canceled it/)
    expect(await violations(page)).toEqual([])
  })
})

describe('Two identity providers', () => {
  it('cannot be mixed up: a code of one with the state of the other logs nobody in', async () => {
    const page = await open()
    const begin = (label: string) => async () => {
      await page.goto(`${latchkey.siteOrigin}/login`)
      await follow(page, `Log in with ${label}`)
      await OpenIdProvider.logInOnly(page, 'cat')
    }
    const ofAcme = await answerOf(page, begin('Acme'))
    const ofGlobex = await answerOf(page, begin('Globex'))
    const swapped = new URL(ofAcme)
    for (const name of ['code', 'iss'])
      swapped.searchParams.set(name, ofGlobex.searchParams.get(name) ?? '')
    await page.goto(swapped.href)
    expect(await page.getByRole('alert').textContent()).toMatch(/an invalid reply/)
    const unnamed = new URL(ofAcme)
    unnamed.searchParams.delete('iss')
    await page.goto(unnamed.href)
    expect(await page.getByRole('alert').textContent()).toMatch(/an invalid reply/)
    await page.goto(ofGlobex.href)
    expect(page.url()).toBe(`${latchkey.siteOrigin}/account`)
    await page.goto(ofGlobex.href)
    expect(await page.getByRole('alert').textContent()).toMatch(/already used/)
  })
})

describe('A program', () => {
  const begin = () =>
    post('/sessions/oauth', { provider: 'openid_connect', label: 'Acme', state: 's & t' })

  it('starts the login, lets the person log in, and finishes with the provider’s response', async () => {
    const { status, body } = await begin()
    expect(status).toBe(201)
    const page = await open()
    const answer = await answerOf(page, async () => {
      await page.goto(body.redirect_uri)
      await OpenIdProvider.logInOnly(page, 'dan')
    })
    const sent = {
      oauth_provider: 'openid_connect',
      oauth_code: answer.searchParams.get('code'),
      oauth_state: answer.searchParams.get('state'),
    }
    const done = await post('/sessions', sent)
    expect([done.status, done.body.oauth_state]).toEqual([201, 's & t'])
    expect((await post('/sessions', sent)).status).toBe(401)
  })

  it('that leaves the end to the browser makes it ask for confirmation', async () => {
    const { body } = await begin()
    const page = await open()
    await page.goto(body.redirect_uri)
    await OpenIdProvider.logIn(page, 'eve')
    await page.getByRole('heading', { name: 'Log in here?' }).waitFor()
    expect(await page.locator('dl').textContent()).toContain('eve@acme.example')
    expect(await violations(page)).toEqual([])
    await press(page, 'Log in')
    expect(page.url()).toBe(`${latchkey.siteOrigin}/account?state=s+%26+t`)
  })
})

describe('A site admin', () => {
  it('sets up a provider on a page, sees errors, and disables and deletes it', async () => {
    const page = await open('/admin/sso')
    await logIn(page, demoSite().admin)
    expect(pathOf(page)).toBe('/admin/sso')
    const fill = async (fields: Record<string, string>) => {
      await page.locator('#provider').selectOption('openid_connect')
      for (const [id, value] of Object.entries(fields)) await page.locator(`#${id}`).fill(value)
      await press(page, 'Add provider')
    }
    const usual = { label: 'Initech', client_id: CLIENT.id, client_secret: 'wrong' }
    await fill({ ...usual, issuer: 'http://192.168.0.1' })
    expect(await page.getByRole('alert').textContent()).toMatch(/public https URL/)
    expect(await page.locator('#label').inputValue()).toBe('Initech')
    expect(await page.locator('#client_secret').inputValue()).toBe('')
    await fill({ ...usual, issuer: globex.issuer })
    expect(await page.getByRole('status').textContent()).toMatch(/added/)
    await press(page, 'Test: Initech')
    expect(await page.getByRole('alert').textContent()).toMatch(/does not accept this client ID/)
    await press(page, 'Test: Acme')
    expect(await page.getByRole('status').textContent()).toMatch(/knows this client/)
    expect(await violations(page)).toEqual([])
    await press(page, 'Disable: Initech')
    const anyone = await open()
    expect(await anyone.getByRole('link', { name: /Log in with/ }).count()).toBe(2)
    const card = page.getByRole('region', { name: /Initech/ })
    await clickInPlace(card.getByText('Delete').first())
    await press(page, 'Delete: Initech')
    expect(await page.getByText('Initech').count()).toBe(0)
  })

  it('is required: other users get an error', async () => {
    const page = await open('/admin/sso')
    await logIn(page, { username: 'sessionuser', password: 'sessionuserpassword' })
    expect(await page.locator('main').textContent()).toMatch(/Only a site admin/)
  })
})

describe('A renamed site', () => {
  it('stops single sign-on, and resumes it after a test login at the new host', async () => {
    const site = await ownSite(latchkey)
    const [kept, moved] = [new OpenIdProvider('kept'), new OpenIdProvider('moved')]
    await offer(kept, { label: 'Acme', ...rules }, site)
    await offer(moved, { label: 'Globex', ...rules }, site)
    const { username, password } = site.admin
    const { body: session } = await post('/sessions', { username, password }, {}, site.origin)
    const auth = { 'X-FilesAPI-Auth': String(session.token) }
    const renamed = site.origin.replace('mysite', 'renamed')
    const { hostname } = new URL(renamed)
    const subdomain = hostname.split('.')[0]
    const ask = async (method: string, path: string, body?: object) => {
      const headers = { ...auth, 'Content-Type': 'application/json' }
      const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) }
      return (await fetch(`${latchkey.origin}${API}${path}`, sent)).json()
    }
    const warned = await ask('PATCH', '/site', { subdomain })
    expect(warned.model_errors.subdomain[0]).toMatch(/Acme, Globex/)
    await ask('PATCH', '/site', { subdomain, confirm_sso_stop: true })
    const strategies = (await ask('GET', '/sso_strategies')) as Json[]
    const strategy = strategies.find(({ label }) => label === 'Globex')
    const address = `${renamed}/login_from_oauth/${strategy?.id}`
    await moved.serve({
      ...CLIENT,
      redirectUris: [String(strategy?.redirect_uri), address],
      logoutUri: String(strategy?.backchannel_logout_uri),
    })

    const context = await browser.newContext({ locale: 'en-US', bypassCSP: true })
    const page = await context.newPage()
    await page.goto(`${renamed}/admin/sso`)
    await logIn(page, site.admin)
    const card = page.getByRole('region', { name: /Globex/ })
    expect(await card.getByRole('alert').textContent()).toMatch(/no longer belongs to the site/)
    expect(await card.textContent()).toContain(address)
    expect(await violations(page)).toEqual([])
    await clickThrough(card.getByRole('link', { name: `Test login at ${hostname}` }))
    await OpenIdProvider.logIn(page, 'jane')
    await page.getByRole('heading', { name: 'The test login worked' }).waitFor()
    expect(await violations(page)).toEqual([])
    await follow(page, 'Back to single sign-on settings')
    await clickThrough(card.getByRole('button', { name: `Move to ${hostname}` }))
    await page
      .getByRole('region', { name: /Globex/ })
      .getByText(address)
      .waitFor()
    expect(await card.getByRole('alert').count()).toBe(0)

    const anyone = await browser.newContext({ locale: 'en-US' })
    const person = await anyone.newPage()
    await person.goto(`${renamed}/login`)
    expect(await person.getByRole('link', { name: 'Log in with Acme' }).count()).toBe(0)
    await follow(person, 'Log in with Globex')
    await OpenIdProvider.logIn(person, 'jane')
    expect(person.url()).toBe(`${renamed}/account`)
    await kept.stop()
    await moved.stop()
  })
})
