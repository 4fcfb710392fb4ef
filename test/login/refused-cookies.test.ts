import { describe, expect, it } from 'vitest'
import { formSealer, NOBODY } from '../../src/http/form-seal.ts'
import { fullPath, isAnonymous, isForm } from '../../src/http/route.ts'
import { routes } from '../../src/routes.ts'
import { env } from '../support/env.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { Service } from '../support/service.ts'
import { TestBrowser } from '../support/test-browser.ts'

const HOST = 'mysite.localhost'
const SITE = `http://${HOST}`
const told = {
  en: 'Allow cookies for this site and try again.',
  de: 'Erlauben Sie Cookies für diese Website',
  es: 'Permita las cookies de este sitio',
  fr: 'Autorisez les cookies pour ce site',
}
const languages = Object.entries(told)

async function open() {
  const service = new Service()
  await service.createUser(await service.createSite(), { email: 'jo@example.com' })
  const browser = new TestBrowser(service)
  browser.keepsCookies = false
  return { service, browser }
}

/** Everything stored. */
async function everything(): Promise<string> {
  const rows: unknown[] = []
  for (const database of [env.DB_US_EAST_1, env.DIRECTORY])
    for (const { name } of await rowsOf(
      database,
      "sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    ))
      rows.push(name, await rowsOf(database, `"${name}"`))
  return JSON.stringify(rows)
}

async function rowsOf(database: D1Database, of: string) {
  return (await database.prepare(`SELECT * FROM ${of}`).all()).results
}

describe('A browser that refuses cookies', () => {
  it.each(languages)('gets an error at the login, and no session (%s)', async (locale, text) => {
    const { browser } = await open()
    const page = await browser.open(`${SITE}/login?return_to=%2Faccount%2F2fa&locale=${locale}`)
    const before = await everything()
    for (const typed of [
      right,
      { ...right, password: 'wrong' },
      { username: 'x', password: 'x' },
    ]) {
      const fields = { ...hiddenFields(page.body, '/login'), ...typed }
      const answer = await browser.send(`${SITE}/login`, fields)
      expect(answer.status).toBe(403)
      expect(answer.body).toMatch(new RegExp(`role="alert"[^>]*>[^<]*${text}`))
      expect(answer.body).toContain(`value="${typed.username}"`)
      expect(answer.headers.getSetCookie()).toEqual([
        '__Host-latchkey-check=1; Path=/; HttpOnly; Secure; SameSite=Lax',
      ])
    }
    expect(await everything()).toBe(before)
  })

  it('logs in on the page with the error once its user allows cookies', async () => {
    const { browser } = await open()
    const page = await browser.open(`${SITE}/login?return_to=%2Faccount%2F2fa`)
    const send = (body: string) =>
      browser.send(`${SITE}/login`, { ...hiddenFields(body, '/login'), ...right })
    browser.keepsCookies = true
    const refused = await send(page.body)
    expect(refused.status).toBe(403)
    const done = await send(refused.body)
    expect([done.status, done.headers.get('Location')]).toEqual([303, '/account/2fa'])
  })

  const forms = routes
    .filter((route) => isForm(route) && isAnonymous(route) && !route.worksWithoutCookies)
    .map((route) => fullPath(route))

  it('is detected by every form that needs no login, except those of a reset', () => {
    const all = routes.filter((route) => isForm(route) && isAnonymous(route))
    expect(forms).toEqual(expect.arrayContaining(['/login', '/login/second', '/login/passkey']))
    expect(all.map((route) => fullPath(route)).filter((one) => !forms.includes(one))).toEqual([
      ...['/forgot', '/reset'],
    ])
  })

  it.each(forms)('gets an error from the form %s, which does nothing', async (path) => {
    const { service } = await open()
    const shown = {
      ...{ partial_session_id: 'x', username: 'sessionuser', proof: 'x', passkey: 'x' },
      login_token: 'x',
    }
    const route = routes.find((one) => fullPath(one) === path && one.method === 'POST')
    const acts = Object.entries(shown).filter(([name]) => route?.shown?.includes(name))
    const form = await formSealer(await service.open(), NOBODY)([path], Object.fromEntries(acts))
    const before = await everything()
    const typed = { ...shown, password: 'x', otp: '1' }
    const takes = Object.keys(route?.parameters.shape ?? {})
    const sent = Object.entries(typed).filter(
      ([name]) => takes.includes(name) && !route?.shown?.includes(name),
    )
    const answer = await service.ask('POST', path, {
      ...{ bare: true, host: HOST },
      headers: {
        ...{ 'Content-Type': 'application/x-www-form-urlencoded', Origin: SITE },
        Cookie: '__Host-latchkey-device=x; other=1',
      },
      body: String(new URLSearchParams({ ...Object.fromEntries(sent), form, locale: 'de' })),
    })
    const isOver = answer.status === 401
    expect(answer.body).toContain(isOver ? 'Melden Sie sich erneut an' : told.de)
    expect(await everything()).toBe(before)
  })

  it('can still request a reset, and gets the error at its link', async () => {
    const { service, browser } = await open()
    const page = await browser.open(`${SITE}/forgot`)
    const fields = { ...hiddenFields(page.body, '/forgot'), username_or_email: 'sessionuser' }
    expect((await browser.send(`${SITE}/forgot`, fields)).status).toBe(200)
    const [link = ''] = /http\S+\/reset\?code=\S+/.exec(service.mails[0]?.text ?? '') ?? []
    const opened = await browser.follow(SITE, await browser.open(link))
    expect(opened.body).toContain('or it blocks cookies. Allow cookies for this site')
  })

  it('consumes no code at the second step of a login', async () => {
    const { service, withApp } = await withSecondFactors()
    const { code } = await withApp()
    const browser = new TestBrowser(service)
    const first = hiddenFields((await browser.open(`${SITE}/login`)).body, '/login')
    const led = await browser.send(`${SITE}/login`, { ...first, ...right })
    const page = await browser.follow(SITE, led)
    const fields = { ...hiddenFields(page.body, '/login/second'), otp: code() }
    const refusing = new TestBrowser(service)
    refusing.keepsCookies = false
    const refused = await refusing.send(`${SITE}/login/second`, fields)
    expect([refused.status, refused.body.includes(told.en)]).toEqual([200, true])
    const done = await browser.send(`${SITE}/login/second`, fields)
    expect(done.headers.get('Location')).toBe('/account')
  })
})

describe('The cookie that detects whether a browser keeps cookies', () => {
  it('is set once, and not for logged-in users', async () => {
    const { browser } = await open()
    browser.keepsCookies = true
    const cookiesOf = async (path: string) =>
      (await browser.open(`${SITE}${path}`)).headers.getSetCookie()
    expect(await cookiesOf('/login')).toHaveLength(1)
    expect(await cookiesOf('/login')).toEqual([])
    expect(await cookiesOf('/forgot')).toEqual([])
    const page = await browser.open(`${SITE}/login`)
    await browser.send(`${SITE}/login`, { ...hiddenFields(page.body, '/login'), ...right })
    expect(await cookiesOf('/account')).toEqual([])
  })

  it('is set by no API reply', async () => {
    const { service } = await open()
    const { headers } = await service.logIn(right)
    expect(headers.getSetCookie()).toEqual([])
  })
})
