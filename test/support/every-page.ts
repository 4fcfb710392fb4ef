import { type TOTP, URI } from 'otpauth'
import { fullPath } from '../../src/http/route.ts'
import { routes } from '../../src/routes.ts'
import { HOUR } from '../../src/storage/clock.ts'
import { env } from './env.ts'
import { hiddenFields } from './hidden-fields.ts'
import { SDK, Service } from './service.ts'
import {
  answerAddress,
  begin,
  codeFor,
  giveDomain,
  readRequest,
  withProvider,
} from './single-sign-on.ts'
import { TestBrowser } from './test-browser.ts'

const SITE = 'http://mysite.localhost'
const DOMAIN = 'login.acme.example'
const PASSWORD = 'sessionuserpassword'

/** The names of everybody and everything on these pages, all right-to-left. */
export const NAMES = {
  site: 'אתר דוגמה',
  admin: 'דנה',
  user: 'משה',
  strategy: 'ספק',
  key: 'מפתח גיבוי',
  factor: 'טלפון',
  computer: 'מחשב',
  platform: 'מערכת',
  help: 'עזרה למשתמש',
}

/** Every page that people see, by name, with some of everything on it. */
export async function everyPage(): Promise<Map<string, string>> {
  const pages = new Map<string, string>()
  const service = new Service({
    ...{ YUBICO_CLIENT_ID: '1', YUBICO_API_KEY: btoa('any key of the service') },
    YUBICO_URL: 'https://yubico.example/wsapi/2.0/verify',
  })
  const sso = await withProvider({ service })
  const run = (statement: string, ...values: (string | number)[]) =>
    env.DB_US_EAST_1.prepare(statement)
      .bind(...values)
      .run()
  await run('UPDATE sites SET name = ?, login_help_text = ?', NAMES.site, NAMES.help)
  await run('UPDATE sso_strategies SET label = ?', NAMES.strategy)
  const admin = await service.createUser(sso.site, {
    ...{ username: NAMES.admin, email: 'dana@example.com', siteAdmin: true },
  })
  const user = await service.createUser(sso.site, {
    username: NAMES.user,
    email: 'moshe@acme.example',
  })

  /** A user's browser, which keeps each page that it shows. */
  const browserOf = async (username?: string) => {
    const browser = new TestBrowser(service, { 'CF-Connecting-IP': '203.0.113.7' })
    const keep = (title: string, body: unknown) => {
      pages.set(title, String(body))
      return String(body)
    }
    const show = async (title: string, path: string) => {
      const answer = await browser.open(`${SITE}${path}`)
      if (answer.status !== 200) throw new Error(`${title}: ${answer.status} ${answer.body}`)
      return keep(title, answer.body)
    }
    /** Sends a form of a page; returns the page that it leads to. */
    const send = async (title: string, page: string, sent: [string, Record<string, string>?]) => {
      const [action, typed = {}] = sent
      const fields = { ...hiddenFields(page, action), ...typed }
      const answer = await browser.send(`${SITE}${action}`, fields)
      return keep(title, (await browser.follow(`${SITE}${action}`, answer)).body)
    }
    if (username !== undefined)
      await browser.send(`${SITE}/login`, { username, password: PASSWORD })
    return { browser, show, send }
  }

  const nobody = await browserOf()
  const form = await nobody.show('the form to log in', '/login')
  await nobody.send('the form to log in, refused', form, ['/login', wrong(NAMES.user)])
  await run('UPDATE users SET require_password_change = 1 WHERE id = ?', user.id)
  const right = { username: NAMES.user, password: PASSWORD }
  await nobody.send('the form to log in, with a new password', form, ['/login', right])
  await run('UPDATE users SET require_password_change = 0 WHERE id = ?', user.id)
  const forgot = await nobody.show('the page of a lost password', '/forgot')
  await nobody.send('its answer', forgot, ['/forgot', { username_or_email: NAMES.user }])
  const [, code = ''] = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '') ?? []
  await nobody.browser.open(`${SITE}/reset?code=${code}`)
  const reset = await nobody.show('the page of a new password', '/reset')
  const [password, confirm_password] = ['x', 'y']
  const two = { password, confirm_password }
  await nobody.send('the page of a new password, refused', reset, ['/reset', two])
  const token = await nobody.show('the page of a login token', '/login/token')
  const { body: parent } = await service.logIn(right, { headers: SDK })
  const { login_token } = parent
  await nobody.send('its question', token, ['/login/token', { login_token }])
  const claims = { email: 'moshe@acme.example', email_verified: true }
  const comeBack = async () => {
    const begun = await begin(sso)
    const address = answerAddress(begun, codeFor(sso, begun, { claims }))
    return nobody.show('the question of single sign-on', address.slice(SITE.length))
  }
  await run('UPDATE users SET verified_email_key = email_key')
  await nobody.send('the account, linked', await comeBack(), ['/login/sso/confirm'])

  const moshe = await browserOf(NAMES.user)
  const account = await moshe.show('the account', '/account')
  const key = { name: NAMES.key, key_password: PASSWORD }
  await moshe.send('the account, with a new key', account, ['/account/keys', key])
  await moshe.browser.open(
    `${SITE}/login_from_desktop?${new URLSearchParams({ ...device, pairing_key: 'key-of-an-app' })}`,
  )
  const asked = await moshe.show('the page of an app', '/pairing')
  await moshe.send('the page of an app, refused', asked, ['/pairing/approve'])
  await moshe.send('the page of an app that waits', asked, ['/pairing/approve', { sure: 'true' }])
  const factors = await moshe.show('the page of second factors', '/account/2fa')
  for (const [title, sent] of [
    ['phone', ['/account/2fa/phone', { phone_number: '+49 30 901820' }]],
    ['key', ['/account/2fa/key']],
    ['app', ['/account/2fa/app']],
  ] as [string, [string, Record<string, string>?]][])
    await moshe.send(`the page that sets up: ${title}`, factors, sent)
  const app = appOn(pages.get('the page that sets up: app') ?? '')
  const now = () => app.generate({ timestamp: service.clock() })
  await moshe.send('the recovery codes', pages.get('the page that sets up: app') ?? '', [
    '/account/2fa/finish',
    { otp: now() },
  ])
  await run('UPDATE second_factors SET name = ?', NAMES.factor)
  await moshe.show('the page of second factors, with some', '/account/2fa')
  service.clock.advance(HOUR)
  await moshe.show('the page of second factors, which asks for a code', '/account/2fa')
  await run('UPDATE users SET require_password_change = 1 WHERE id = ?', user.id)
  const step = await nobody.send('the second step', form, ['/login', right])
  const given = { otp: now() }
  await nobody.send('the second step, with a new password', step, ['/login/second', given])
  await run('UPDATE users SET require_password_change = 0 WHERE id = ?', user.id)
  const question = await comeBack()
  await nobody.send('the second step of single sign-on', question, ['/login/sso/confirm'])
  await run("UPDATE second_factors SET method = 'sms', phone_number = '+4930901820'")
  await run("UPDATE users SET type_of_2fa = 'sms' WHERE id = ?", user.id)
  await nobody.send('the second step of a phone', form, ['/login', right])

  const other = await service.createUser(sso.site, { username: 'יוסי' })
  const yossi = await browserOf(other.username)
  service.clock.advance(HOUR)
  await yossi.show('the page of second factors, which asks for a password', '/account/2fa')
  await yossi.browser.open(`${SITE}/login_from_desktop?${new URLSearchParams(device)}`)
  await yossi.show('the page of an app, which asks for a password', '/pairing')

  const dana = await browserOf(NAMES.admin)
  const ofUser = `/admin/users/${user.id}`
  await run('UPDATE users SET disabled = 1 WHERE id = ?', other.id)
  for (let nth = 0; nth < 10; nth++) await service.logIn({ ...right, password: `wrong ${nth}` })
  await giveDomain(sso, DOMAIN)
  const test = `/sso_strategies/${sso.strategy.id}/test_login`
  const { body: boss } = await service.logIn(sso.admin, { headers: SDK })
  const { body: link } = await sso.asAdmin('POST', test, { redirect_host: DOMAIN }, boss.id)
  const tester = new TestBrowser(service)
  const tried = await tester.open(link.test_uri)
  const begun = readRequest(tried.headers.get('Location') ?? '')
  await tester.open(answerAddress(begun, codeFor(sso, begun)))
  for (const path of ['users', 'rules', 'history', 'sessions', 'changes', 'sso'])
    await dana.show(`the admin’s page of ${path}`, `/admin/${path}`)
  await dana.show('the admin’s page of one change', `/admin/changes?user_id=${user.id}`)
  const page = await dana.show('the admin’s page of a user', ofUser)
  await dana.send('what an admin did', page, [`${ofUser}/end_sessions`])
  await dana.send('what an admin did not', page, [ofUser, { username: NAMES.admin }])
  await dana.show('the admin’s own page', `/admin/users/${admin.id}`)
  return pages
}

const device = {
  pairing_key: 'key-of-another-app',
  platform: NAMES.platform,
  computer: NAMES.computer,
}

function wrong(username: string) {
  return { username, password: 'wrong' }
}

function appOn(page: string): TOTP {
  const [, uri = ''] = /href="(otpauth:[^"]*)"/.exec(page) ?? []
  return URI.parse(uri.replaceAll('&amp;', '&')) as TOTP
}

/** The forms of a page that send something. */
export function formsOn(page: string): string[] {
  return [...page.matchAll(/<form method="post".*?<\/form>/gs)].map(([form]) => form)
}

/** The form routes that none of the given pages uses. */
export function formsNotOn(pages: Iterable<string>): string[] {
  const shown = [...pages].join('')
  const isShown = (path: string) =>
    new RegExp(` (?:form)?action="${path.replaceAll(/:\w+/g, '\\d+')}"`).test(shown)
  return routes
    .filter((route) => route.method === 'POST' && route.mediaType === 'text/html')
    .map((route) => fullPath(route))
    .filter((path) => !isShown(path))
}
