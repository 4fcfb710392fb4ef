import { describe, expect, it } from 'vitest'
import { formSealer, NOBODY } from '../../src/http/form-seal.ts'
import type { Language } from '../../src/http/languages.ts'
import { fullPath, isAnonymous, isForm } from '../../src/http/route.ts'
import { routes } from '../../src/routes.ts'
import { DAY, MINUTE, SECOND } from '../../src/storage/clock.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { ownerBy } from '../support/page-form.ts'
import { remembered } from '../support/remembered.ts'
import { API, Service } from '../support/service.ts'
import { writtenRowsOf } from '../support/stores.ts'
import { shownBy, TestBrowser } from '../support/test-browser.ts'

const host = 'mysite.localhost'
const SITE = `http://${host}`

const jane = { username: 'sessionuser', password: 'sessionuserpassword' }
const admin = { username: 'siteadmin', password: 'siteadminpassword' }

const forms = routes.filter(isForm)
const ofUsers = forms.filter((route) => !isAnonymous(route))
const ofAnybody = forms.filter(isAnonymous)

type Route = (typeof routes)[number]
const titled = (some: Route[]) => some.map((route) => [route.path, route] as const)

async function withPeople(service: Service) {
  const site = await service.createSite()
  const user = await service.createUser(site, { ...jane, email: 'jane@example.com' })
  await service.createUser(site, { ...admin, siteAdmin: true })
  return { userId: user.id, cookies: {} }
}

/** The same, with one of them logged in in a browser. */
const loggedIn = (who: typeof jane) => async (service: Service) => {
  const { userId } = await withPeople(service)
  const { browser } = await browserOf(service, who)
  return { userId, cookies: browser.cookies }
}

const prepared = {
  nobody: remembered(withPeople),
  jane: remembered(loggedIn(jane)),
  admin: remembered(loggedIn(admin)),
}

async function open(who: keyof typeof prepared = 'nobody') {
  const service = new Service()
  const { userId, cookies } = await prepared[who](service)
  const pathOf = (route: Route) => fullPath(route).replace(':id', String(userId))
  return { service, pathOf, ...inBrowser(new TestBrowser(service).withCookies(cookies)) }
}

/** The same, with a code that was mailed to jane. */
async function openWithCode() {
  const opened = await open()
  const asked = { host, body: { username: jane.username } }
  await opened.service.ask('POST', `${API}/sessions/forgot`, asked)
  const [, code = ''] = /code=([0-9a-f]{40})/.exec(opened.service.mails.at(-1)?.text ?? '') ?? []
  expect(code).not.toBe('')
  return { ...opened, code }
}

/** A browser with a logged-in user. A later login replaces the one before. */
async function browserOf(service: Service, who: typeof jane) {
  const opened = inBrowser(new TestBrowser(service))
  await opened.logIn(who)
  return opened
}

function inBrowser(browser: TestBrowser) {
  const logIn = async (next: typeof jane) => {
    const page = await browser.open(`${SITE}/login`)
    const sent = { ...hiddenFields(page.body, '/login'), ...next }
    expect((await browser.send(`${SITE}/login`, sent)).status).toBe(303)
  }
  return { browser, logIn, cookie: () => browser.cookie(host, '__Host-latchkey') ?? '' }
}

/** Everything stored. */
async function everything(): Promise<string> {
  const names = ['DB_US_EAST_1', 'DB_EU_CENTRAL_1', 'DIRECTORY'] as const
  return JSON.stringify(await Promise.all(names.map(writtenRowsOf)))
}

/** What the form would change if it were accepted. */
const typed = {
  name: 'x',
  key_password: admin.password,
  proof: '',
  phone_number: '+15005550006',
  otp: '1',
  present_password: admin.password,
  new_password: 'a quiet lamp by the window',
  new_password_again: 'a quiet lamp by the window',
  language: 'fr',
  confirmed: 'true',
  username: 'made',
  email: 'made@example.com',
  site_admin: 'true',
  provider: 'okta',
  client_id: 'x',
  client_secret: 'x',
  subdomain: 'x',
  password: admin.password,
  sure: 'true',
}

describe('A form shown to one user', () => {
  it.each(titled(ofUsers))('does nothing once another user is logged in: %s', async (_, route) => {
    const { service, pathOf, browser, logIn, cookie } = await open('jane')
    const form = await formOf(service, { route, path: pathOf(route), session: cookie() })
    await logIn(admin)
    await browser.open(`${SITE}/account`)
    const before = await everything()
    const answer = await browser.send(`${SITE}${pathOf(route)}`, { ...typed, locale: 'en', form })
    expect([answer.status, answer.headers.get('X-Files-Error-Class')]).toEqual([403, null])
    expect(answer.body).toContain('<h1>You are now logged in as siteadmin</h1>')
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(await everything()).toBe(before)
    expect((await browser.open(`${SITE}/account`)).status).toBe(200)
  })

  it.each(titled(ofUsers))(
    'does nothing in a later session of the same user: %s',
    async (_, route) => {
      const { service, pathOf, browser, logIn, cookie } = await open('admin')
      const form = await formOf(service, { route, path: pathOf(route), session: cookie() })
      await logIn(admin)
      await browser.open(`${SITE}/account`)
      const before = await everything()
      const answer = await browser.send(`${SITE}${pathOf(route)}`, { ...typed, locale: 'en', form })
      expect(answer.status).toBe(403)
      expect(answer.body).toContain('<h1>You are now logged in as siteadmin</h1>')
      expect(await everything()).toBe(before)
    },
  )

  it('shows the reason in every language, and a link back to its page', async () => {
    const { browser, logIn } = await open('jane')
    const page = await browser.open(`${SITE}/account`)
    await logIn(admin)
    const titles = await Promise.all(
      (['en', 'de', 'es', 'fr'] satisfies Language[]).map(async (locale) => {
        const fields = { ...hiddenFields(page.body, '/account/language'), language: 'de', locale }
        const told = await browser.send(`${SITE}/account/language`, fields)
        expect(told.body).toContain(`href="/account?locale=${locale}"`)
        expect(told.body).toContain('role="alert"')
        return /<h1>(.*?)<\/h1>/.exec(told.body)?.[1]
      }),
    )
    expect(new Set(titles).size).toBe(4)
    for (const title of titles) expect(title).toContain('siteadmin')
  })

  it('leads to the login when nobody is logged in any more', async () => {
    const { browser } = await open('jane')
    const page = await browser.open(`${SITE}/account`)
    await browser.send(`${SITE}/logout`, hiddenFields(page.body, '/logout'))
    const fields = { ...hiddenFields(page.body, '/account/language'), language: 'de' }
    const { status, headers } = await browser.send(`${SITE}/account/language`, fields)
    expect([status, headers.get('Location')]).toEqual([303, '/login?return_to=%2Faccount'])
  })
})

describe('A stale tab', () => {
  it('sets up no app for the next user, and shows no secret', async () => {
    const { browser, logIn } = await open('jane')
    const page = await browser.open(`${SITE}/account/2fa`)
    await logIn(admin)
    const fields = hiddenFields(page.body, '/account/2fa/app')
    const answer = await browser.send(`${SITE}/account/2fa/app`, fields)
    expect(answer.body).toContain('You are now logged in as siteadmin')
    expect(answer.body).not.toContain('otpauth')
    expect(answer.body).not.toContain('<svg')
  })

  it('logs nobody else out', async () => {
    const { browser, logIn } = await open('jane')
    const page = await browser.open(`${SITE}/account`)
    await logIn(admin)
    const answer = await browser.send(`${SITE}/logout`, hiddenFields(page.body, '/logout'))
    expect(answer.body).toContain('You are now logged in as siteadmin')
    expect((await browser.open(`${SITE}/account`)).status).toBe(200)
  })

  it('keeps working for its own user and session, however often it is sent', async () => {
    const { service, browser } = await open('jane')
    const page = await browser.open(`${SITE}/account`)
    service.clock.advance(5 * MINUTE)
    for (const language of ['de', 'fr']) {
      const fields = { ...hiddenFields(page.body, '/account/language'), language }
      expect((await browser.send(`${SITE}/account/language`, fields)).status).toBe(303)
      expect((await browser.open(`${SITE}/account`)).body).toContain(`<html lang="${language}">`)
    }
  })
})

describe('A form', () => {
  it.each(titled(forms))('is refused unless a page showed it: %s', async (_, route) => {
    const { service, pathOf, browser, cookie } = await open('admin')
    await browser.open(`${SITE}/account`)
    const path = pathOf(route)
    const session = cookie()
    const good = await formOf(service, { route, path, session })
    const others = {
      'none at all': undefined,
      'an empty one': '',
      'one that is made up': 'a.b.c.d.e',
      'one that was changed': good.replace(/.{8}$/, 'AAAAAAAA'),
      'one for another place': await formOf(service, { route, path: '/elsewhere', session }),
      'one for a place above': await formOf(service, {
        route,
        path: path.replace(/\/[^/]+$/, '') || '/',
        session,
      }),
      'another sealed text of ours': browser.cookie(host, '__Host-latchkey-device'),
    }
    const before = await everything()
    for (const [title, form] of Object.entries(others)) {
      const answer = await service.ask('POST', path, {
        host,
        bare: true,
        headers: { Origin: SITE, Cookie: `__Host-latchkey=${session}` },
        body: { ...typed, locale: 'en', ...(form !== undefined && { form }) },
      })
      expect(answer.status, title).toBe(403)
      expect(answer.body, title).toContain('<h1>This page is out of date</h1>')
    }
    expect(await everything()).toBe(before)
  })

  it.each(titled(ofUsers))('is refused when no user was shown it: %s', async (_, route) => {
    const { service, pathOf, browser } = await open('admin')
    const seal = formSealer(await service.open(), NOBODY)
    const form = await seal([pathOf(route)], shownFor(route))
    const answer = await browser.send(`${SITE}${pathOf(route)}`, { ...typed, locale: 'en', form })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('<h1>You are now logged in as siteadmin</h1>')
  })

  it.each(titled(ofAnybody))('that needs no login belongs to no user: %s', async (_, route) => {
    const { service, pathOf, browser, cookie, logIn } = await open('jane')
    const form = await formOf(service, { route, path: pathOf(route), session: cookie() })
    await logIn(admin)
    const answer = await browser.send(`${SITE}${pathOf(route)}`, { ...typed, locale: 'en', form })
    expect(answer.body ?? '').not.toContain('You are now logged in as')
    expect(answer.body ?? '').not.toContain('This page is out of date')
  })

  it('is valid for a day', async () => {
    const { service } = await open()
    const browser = new TestBrowser(service)
    const page = await browser.open(`${SITE}/login`)
    const sent = { ...hiddenFields(page.body, '/login'), ...jane }
    service.clock.advance(DAY - SECOND)
    expect((await browser.send(`${SITE}/login`, sent)).status).toBe(303)
    service.clock.advance(SECOND)
    const late = await browser.send(`${SITE}/login`, sent)
    expect(late.status).toBe(403)
    expect(late.body).toContain('href="/login?locale=en"')
  })

  it('uses the values that its page showed, whatever else is sent', async () => {
    const { service } = await open()
    const elsewhere = await browserOf(service, jane)
    const { browser, cookie } = await browserOf(service, jane)
    const services = await service.open()
    const [here, there] = await Promise.all(
      [cookie(), elsewhere.cookie()].map((session) =>
        ownerBy(services, { 'X-FilesAPI-Auth': session }),
      ),
    )
    const page = await browser.open(`${SITE}/account`)
    const fields = hiddenFields(page.body, '/account/sessions/end')
    expect(Object.keys(fields).toSorted()).toEqual(['form', 'locale'])
    const sent = { ...fields, id: String(here?.session) }
    expect((await browser.send(`${SITE}/account/sessions/end`, sent)).status).toBe(303)
    expect((await browser.open(`${SITE}/account`)).status).toBe(200)
    expect(there?.session).not.toBe(here?.session)
    const { status } = await service.ask('GET', `${API}/site`, {
      headers: { 'X-FilesAPI-Auth': elsewhere.cookie() },
    })
    expect(status).toBe(401)
  })

  it('does not reveal the secret that it carries', async () => {
    const { service, code } = await openWithCode()
    const browser = new TestBrowser(service)
    await browser.open(`${SITE}/reset?code=${code}`)
    const { status, body } = await browser.open(`${SITE}/reset`)
    expect(status).toBe(200)
    expect(body).not.toContain(code)
    expect(await shownBy(service, body, '/reset')).toEqual({ code, username: jane.username })
  })
})

describe('Every form of every page', () => {
  it('is sealed, and has no hidden fields but its seal, its language and what a script fills in', async () => {
    const { service, code } = await openWithCode()
    const { browser, cookie } = await browserOf(service, admin)
    await browserOf(service, admin)
    await browser.open(`${SITE}/reset?code=${code}`)
    const headers = { 'X-FilesAPI-Auth': cookie() }
    await service.ask('POST', `${API}/api_keys`, { headers, body: { name: 'x' } })
    const okta = { provider: 'okta', subdomain: 'acme', client_id: 'x', client_secret: 'y' }
    await service.ask('POST', `${API}/sso_strategies`, { headers, body: okta })
    const pages = routes.filter(
      (route) => route.method === 'GET' && route.mediaType === 'text/html',
    )
    const user = await ownerBy(await service.open(), headers)
    const seen = new Set<string>()
    for (const { path } of pages) {
      const address = `${SITE}${path.replace(':id', String(user.user))}`
      const { body = '' } = await browser.open(address)
      for (const [form = ''] of String(body).matchAll(/<form method="post".*?<\/form>/gs)) {
        const names = [...form.matchAll(/<input type="hidden" name="(\w+)"/g)].map(
          ([, name]) => name,
        )
        expect(names.filter((name) => name !== 'otp').toSorted(), form).toEqual(['form', 'locale'])
        for (const [, action = ''] of form.matchAll(/ (?:form)?action="([^"]*)"/g)) seen.add(action)
      }
    }
    expect([...seen]).toEqual(
      expect.arrayContaining([
        ...['/login', '/forgot', '/reset', '/login/token', '/logout', '/account/language'],
        ...['/account/keys', '/account/keys/revoke', '/account/sessions/end', '/account/2fa/app'],
        ...['/admin/users', `/admin/users/${user.user}`, `/admin/users/${user.user}/disable`],
        ...['/admin/rules', '/admin/sso/delete', '/admin/sessions/end'],
      ]),
    )
  })
})

/** A form as its page showed it to a session, with plausible values for everything it acts on. */
async function formOf(
  service: Service,
  { route, path, session }: { route: Route; path: string; session: string },
): Promise<string> {
  const services = await service.open()
  const owner = await ownerBy(services, { 'X-FilesAPI-Auth': session })
  expect(owner.session).toBeGreaterThan(0)
  return formSealer(services, owner)([path], shownFor(route))
}

function shownFor({ shown = [] }: Route): Record<string, string> {
  const known: Record<string, string> = {
    id: '1',
    user_id: '1',
    enabled: 'true',
    list: 'true',
    admins: 'true',
    disabled: 'true',
    sso: 'true',
  }
  return Object.fromEntries(shown.map((name) => [name, known[name] ?? 'x']))
}
