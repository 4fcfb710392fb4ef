import { type TOTP, URI } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { isForm } from '../../src/http/route.ts'
import { routes } from '../../src/routes.ts'
import { HOUR, MINUTE } from '../../src/storage/clock.ts'
import { FORM_IDS } from '../../src/storage/sent-forms.ts'
import { numbersOfMinute } from '../../src/storage/sweep.ts'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { withSecondFactors } from '../support/second-factors.ts'
import { type Answer, API, SDK } from '../support/service.ts'
import { begin, codeFor, withProvider } from '../support/single-sign-on.ts'
import { isAmong, passTimeUntil } from '../support/slices.ts'
import { TestBrowser } from '../support/test-browser.ts'

const HOST = 'mysite.localhost'
const SITE = `http://${HOST}`
const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const next = 'a quiet lamp by the window'

async function open(site = {}) {
  const opened = await withSecondFactors(site)
  const { service } = opened
  const browser = new TestBrowser(service, { 'CF-Connecting-IP': '203.0.113.7' })
  const form = async (page: string, action: string, typed: Record<string, string> = {}) => {
    const { body, status } = await browser.open(`${SITE}${page}`)
    expect(status, page).toBe(200)
    const ours = body.slice(body.indexOf(`method="post" action="${action}"`))
    const fields: Record<string, string> = { ...hiddenFields(ours, action), ...typed }
    expect(fields.form, action).toBeDefined()
    return { address: `${SITE}${action}`, fields }
  }
  const logIn = async (more = {}) => {
    const { address, fields } = await form('/login', '/login', { ...right, ...more })
    return browser.send(address, fields)
  }
  return { ...opened, browser, form, logIn }
}

type Opened = Awaited<ReturnType<typeof open>>
type Form = Awaited<ReturnType<Opened['form']>>

/** Sends a form twice: after the first reply, or at the same time. */
async function twice(browser: TestBrowser, { address, fields }: Form, when: string) {
  const send = () => browser.send(address, fields)
  return when === 'a moment later' ? [await send(), await send()] : Promise.all([send(), send()])
}

/** Acts like a browser that drops the first reply together with its cookies. */
async function twiceWithoutCookie({ service, browser }: Opened, form: Form) {
  const names = ['', '-device', '-check'].map((end) => `__Host-latchkey${end}`)
  const pairs = names.map((name) => [name, browser.cookie(HOST, name)] as const)
  const Cookie = pairs
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
  const send = () =>
    service.ask('POST', form.address.slice(SITE.length), {
      host: HOST,
      headers: {
        Accept: 'text/html',
        Origin: SITE,
        Cookie,
        'Content-Type': 'application/x-www-form-urlencoded',
        'CF-Connecting-IP': '203.0.113.7',
      },
      body: new URLSearchParams(form.fields).toString(),
    })
  return [await send(), await send()] as const
}

async function count(from: string): Promise<number> {
  const found = await env.DB_US_EAST_1.prepare(`SELECT count(*) AS n FROM ${from}`).first('n')
  return Number(found)
}

async function expectNoFailure() {
  expect(await count(`${EVERY_ATTEMPT} WHERE outcome NOT IN ('none', 'two_factor_required')`)).toBe(
    0,
  )
  expect(await count('login_failures')).toBe(0)
  expect(await count('users WHERE wrong_codes > 0')).toBe(0)
}

function expectSuccess(answers: Answer[]) {
  for (const { status, body } of answers) {
    expect([200, 303], body).toContain(status)
    expect(String(body ?? '')).not.toContain('role="alert"')
  }
}

const placeOf = ({ headers }: Answer) => headers.get('Location')

describe.each(['a moment later', 'at the same time'])('A second click %s', (when) => {
  it('logs in once with a password, and redirects', async () => {
    const { browser, form } = await open()
    const answers = await twice(browser, await form('/login', '/login', right), when)
    expect(answers.map(placeOf)).toEqual(['/account', '/account'])
    expect(await count('keyed_sessions')).toBe(1)
    expect((await browser.open(`${SITE}/account`)).status).toBe(200)
    await expectNoFailure()
  })

  it('logs in once with a one-time code, and redirects', async () => {
    const { browser, form, logIn, withApp } = await open()
    const { code } = await withApp()
    await env.DB_US_EAST_1.prepare('DELETE FROM keyed_sessions').run()
    await logIn({ return_to: '/account/2fa' })
    const step = await form('/login/second', '/login/second', { otp: code() })
    const answers = await twice(browser, step, when)
    expect(answers.map(placeOf)).toEqual(['/account', '/account'])
    expect(await count('keyed_sessions')).toBe(1)
    expect((await browser.open(`${SITE}/account`)).status).toBe(200)
    await expectNoFailure()
  })

  it('logs in once with a recovery code', async () => {
    const { browser, form, logIn, withApp } = await open()
    const { recoveryCodes } = await withApp()
    await logIn()
    const [otp = ''] = recoveryCodes
    const before = await count('keyed_sessions')
    const answers = await twice(
      browser,
      await form('/login/second', '/login/second', { otp }),
      when,
    )
    expect(answers.map(placeOf)).toEqual(['/account', '/account'])
    expect(await count('keyed_sessions')).toBe(before + 1)
    expect(await count('recovery_codes WHERE used_at IS NOT NULL')).toBe(1)
    await expectNoFailure()
  })

  it('logs in once with a new password that is due', async () => {
    const { browser, form } = await open()
    await env.DB_US_EAST_1.prepare('UPDATE users SET require_password_change = 1').run()
    const change = { change_password: next, change_password_confirmation: next }
    const sent = await form('/login', '/login', { ...right, ...change })
    const answers = await twice(browser, sent, when)
    expect(answers.map(placeOf)).toEqual(['/account', '/account'])
    expect(await count('keyed_sessions')).toBe(1)
    await expectNoFailure()
  })

  it('logs in once with a login token', async () => {
    const { browser, service } = await open()
    const { body: parent } = await service.logIn(right, { headers: SDK })
    const page = await browser.open(`${SITE}/login/token`)
    const ask = hiddenFields(page.body, '/login/token')
    const { login_token } = parent
    const asked = await browser.send(`${SITE}/login/token`, { ...ask, login_token })
    const fields = hiddenFields(asked.body, '/login/token/confirm')
    const answers = await twice(browser, { address: `${SITE}/login/token/confirm`, fields }, when)
    expect(answers.map(placeOf)).toEqual(['/account', '/account'])
    expect(await count('keyed_sessions')).toBe(2)
    await expectNoFailure()
  })

  it('logs in once after single sign-on', async () => {
    const sso = await withProvider()
    const jane = { username: 'jane', email: 'jane@acme.example', emailIsVerified: true }
    await sso.service.createUser(sso.site, jane)
    const browser = new TestBrowser(sso.service)
    const begun = await begin(sso, { state: 'mine' })
    const back = new URL(begun.redirectUri)
    back.searchParams.set('state', begun.state)
    back.searchParams.set('code', codeFor(sso, begun))
    const asked = await browser.open(back.href)
    const fields = hiddenFields(asked.body, '/login/sso/confirm')
    const before = await count('keyed_sessions')
    const answers = await twice(browser, { address: `${SITE}/login/sso/confirm`, fields }, when)
    expect(answers.map(placeOf)).toEqual(['/account?state=mine', '/account?state=mine'])
    expect(await count('keyed_sessions')).toBe(before + 1)
    await expectNoFailure()
  })

  it('changes a password once, and says that it is changed', async () => {
    const { browser, form, logIn, service } = await open()
    await logIn()
    const passwords = { new_password: next, new_password_again: next }
    const typed = { present_password: right.password, ...passwords }
    const answers = await twice(browser, await form('/account', '/account/password', typed), when)
    expectSuccess(answers)
    for (const { body } of answers) expect(body).toContain('Your password is changed.')
    expect(await count("credential_events WHERE event = 'password_changed'")).toBe(1)
    await expectNoFailure()
    expect((await service.logIn({ ...right, password: next })).status).toBe(201)
  })

  it('resets a password once, and says that it is set', async () => {
    const { browser, form, service } = await open()
    const [code] = await mailedCode(service)
    await browser.open(`${SITE}/reset?code=${code}`)
    const sent = await form('/reset', '/reset', { password: next, confirm_password: next })
    const answers = await twice(browser, sent, when)
    expectSuccess(answers)
    expect(answers[1]?.body.replace(/ [^ ]*eyJ[^"]*"/g, '')).toBe(
      answers[0]?.body.replace(/ [^ ]*eyJ[^"]*"/g, ''),
    )
    expect(await count("credential_events WHERE event = 'password_reset'")).toBe(1)
    await expectNoFailure()
  })

  it('requests one password reset mail', async () => {
    const { browser, form, service } = await open()
    const sent = await form('/forgot', '/forgot', { username_or_email: right.username })
    expectSuccess(await twice(browser, sent, when))
    await service.runCron()
    expect(service.mails.filter(({ text }) => text.includes('/reset?code='))).toHaveLength(1)
  })

  it('creates one API key, and says how to create another', async () => {
    const { browser, form, logIn } = await open()
    await logIn()
    const typed = { name: 'backup', key_password: right.password }
    const answers = await twice(browser, await form('/account', '/account/keys', typed), when)
    expectSuccess(answers)
    expect(answers.filter(({ body = '' }) => /<code[^>]*>[\w-]{40,}/.test(body))).toHaveLength(1)
    const led = answers.map(placeOf).filter((place) => place !== null)
    expect(led).toEqual(['/account?key=made&locale=en'])
    expect((await browser.open(`${SITE}${led[0]}`)).body).toContain('Your key was created.')
    expect(await count('api_keys')).toBe(1)
    await expectNoFailure()
  })

  it('starts one set-up of an app, and shows its secret', async () => {
    const { browser, form, logIn } = await open()
    await logIn()
    const answers = await twice(browser, await form('/account/2fa', '/account/2fa/app'), when)
    expect(await count('second_factors')).toBe(1)
    expect(placeOf(answers[0] as Answer)).toMatch(/set_up\?id=\d+&locale=en$/)
    expect(placeOf(answers[1] as Answer)).toBe(placeOf(answers[0] as Answer))
  })

  it('starts one set-up of a phone, with one text message', async () => {
    const { browser, form, logIn, service } = await open()
    await logIn()
    const typed = { phone_number: '+49 30 901820' }
    const sent = await form('/account/2fa', '/account/2fa/phone', typed)
    const answers = await twice(browser, sent, when)
    expect(await count('second_factors')).toBe(1)
    expect(placeOf(answers[1] as Answer)).toBe(placeOf(answers[0] as Answer))
    expect(service.texts).toHaveLength(1)
  })

  it('completes a set-up once, and says where recovery codes are', async () => {
    const { browser, form, logIn, clock } = await open()
    await logIn()
    const begun = await form('/account/2fa', '/account/2fa/app')
    const place = placeOf(await browser.send(begun.address, begun.fields)) ?? ''
    const page = await browser.open(`${SITE}${place}`)
    const otp = codeOn(page.body, clock())
    const sent = await form(place, '/account/2fa/finish', { otp })
    const answers = await twice(browser, sent, when)
    expectSuccess(answers)
    expect(answers.filter(({ body = '' }) => body.includes('class="codes"'))).toHaveLength(1)
    const [led = ''] = answers.map(placeOf).filter((one) => one !== null)
    expect(led).toBe('/account/2fa?done=before&locale=en')
    expect((await browser.open(`${SITE}${led}`)).body).toContain('create new ones on this page')
    expect(await count('recovery_codes')).toBe(10)
  })

  it('creates one set of recovery codes', async () => {
    const { browser, form, logIn, withApp, clock } = await open()
    const { code } = await withApp()
    await logIn()
    const step = await form('/login/second', '/login/second', { otp: code() })
    await browser.send(step.address, step.fields)
    clock.advance(20 * MINUTE)
    const sent = await form('/account/2fa', '/account/2fa/recovery_codes', { proof: code() })
    const answers = await twice(browser, sent, when)
    expectSuccess(answers)
    expect(answers.filter(({ body = '' }) => body.includes('class="codes"'))).toHaveLength(1)
    expect(await count("credential_events WHERE event = 'recovery_codes_renewed'")).toBe(1)
    await expectNoFailure()
  })

  it('removes a 2FA method once', async () => {
    const { browser, form, logIn, withApp, service } = await open()
    const { code } = await withApp()
    await logIn()
    const step = await form('/login/second', '/login/second', { otp: code() })
    await browser.send(step.address, step.fields)
    await service.runCron()
    const before = service.mails.length
    const sent = await form('/account/2fa', '/account/2fa/remove')
    expectSuccess(await twice(browser, sent, when))
    expect(await count("credential_events WHERE event = 'second_factor_removed'")).toBe(1)
    await service.runCron()
    expect(service.mails.length).toBe(before + 1)
  })

  it('approves an app, even when it has fetched its key by then', async () => {
    const { browser, form, logIn, service } = await open()
    await logIn()
    const key = 'a-pairing-key-of-an-app'
    const poll = () =>
      service.ask('POST', `${API}/sessions/pairing_key/${key}`, {
        headers: { 'CF-Connecting-IP': '203.0.113.7' },
        body: {},
      })
    await poll()
    await browser.open(`${SITE}/login_from_desktop?pairing_key=${key}&platform=mac&computer=x`)
    const { address, fields } = await form('/pairing', '/pairing/approve')
    const first = browser.send(address, fields)
    if (when === 'a moment later') {
      await first
      expect((await poll()).status).toBe(201)
    }
    const answers = [await first, await browser.send(address, fields)]
    for (const { body } of answers) expect(body).toContain('<h1>Connected</h1>')
    if (when !== 'a moment later') expect((await poll()).status).toBe(201)
    expect(await count('api_keys')).toBe(1)
  })

  it('denies an app', async () => {
    const { browser, form, logIn } = await open()
    await logIn()
    const wish = 'pairing_key=a-pairing-key-of-an-app&platform=mac&computer=x'
    await browser.open(`${SITE}/login_from_desktop?${wish}`)
    const answers = await twice(browser, await form('/pairing', '/pairing/deny'), when)
    for (const { body } of answers) expect(body).toContain('<h1>Not connected</h1>')
  })

  it.each<[string, (user: number) => [string, string, Record<string, string>], string]>([
    [
      'creates one user',
      () => ['/admin/users', '/admin/users', { username: 'made', email: 'made@example.com' }],
      "credential_events WHERE event = 'user_created'",
    ],
    [
      'deletes a user once',
      (user) => [`/admin/users/${user}`, `/admin/users/${user}/delete`, { confirmed: 'true' }],
      "credential_events WHERE event = 'user_deleted'",
    ],
    [
      'invites a user once',
      (user) => [`/admin/users/${user}`, `/admin/users/${user}/welcome`, {}],
      "credential_events WHERE event = 'welcome_sent'",
    ],
    [
      'adds one strategy',
      () => [
        '/admin/sso',
        '/admin/sso',
        { provider: 'okta', subdomain: 'acme', client_id: 'x', client_secret: 'y' },
      ],
      'sso_strategies',
    ],
  ])('by an admin %s', async (_, formOf, counted) => {
    const { browser, form, logIn, service, home, userId } = await open()
    await service.createUser(home, { username: 'boss', siteAdmin: true })
    await logIn({ username: 'boss' })
    const [page, action, typed] = formOf(userId)
    const answers = await twice(browser, await form(page, action, typed), when)
    expectSuccess(answers)
    for (const answer of answers) {
      const { status, body } = await browser.follow(SITE, answer)
      expect([status, body.includes('role="alert"')]).toEqual([200, false])
    }
    expect(await count(counted)).toBe(1)
  })
})

describe('A second click after a lost reply', () => {
  it('redirects to the page that required the login', async () => {
    const opened = await open()
    const form = await opened.form('/login', '/login', right)
    const [, answer] = await twiceWithoutCookie(opened, form)
    expect([answer.status, placeOf(answer)]).toEqual([303, '/account'])
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(await count('keyed_sessions')).toBe(1)
    const asked = await opened.browser.open(`${SITE}/account`)
    expect(placeOf(asked)).toBe('/login?return_to=%2Faccount')
  })

  it('reports that the password is changed, although the session string is a new one', async () => {
    const opened = await open()
    await opened.logIn()
    const passwords = { new_password: next, new_password_again: next }
    const typed = { present_password: right.password, ...passwords }
    const form = await opened.form('/account', '/account/password', typed)
    const answers = await twiceWithoutCookie(opened, form)
    expectSuccess([...answers])
    expect(answers[1].body).toContain('Your password is changed.')
    expect(answers[1].headers.getSetCookie()).toEqual([])
    await expectNoFailure()
  })
})

/** A repetition of these changes nothing, and gets the same reply. */
const SAME_AGAIN = [
  ...['/logout', '/login/token', '/pairing/check', '/account/language'],
  ...['/account/sessions/end', '/account/sessions/end_others', '/account/keys/revoke'],
  ...['/account/identities/remove', '/admin/rules', '/admin/users/:id', '/admin/sessions/end'],
  ...['/admin/sso/test', '/admin/sso/turn', '/admin/sso/move', '/admin/sso/delete'],
]

/** These are recorded as done. */
const ONCE = [
  ...['/login', '/login/passkey', '/login/second', '/login/second/send', '/login/token/confirm'],
  ...['/login/sso/confirm', '/login/sso/second', '/forgot', '/reset'],
  ...['/account/password', '/account/keys', '/pairing/approve', '/pairing/deny'],
  ...['app', 'phone', 'key', 'yubikey', 'finish', 'remove', 'recovery_codes'].map(
    (part) => `/account/2fa/${part}`,
  ),
  ...['/admin/users', '/admin/users/:id/delete', '/admin/sso'],
  ...['disable', 'enable', 'unlock', 'welcome', 'reset_factors', 'end_sessions'].map(
    (act) => `/admin/users/:id/${act}`,
  ),
]

describe('Every form', () => {
  it('is on one of these lists', () => {
    const paths = routes.filter(isForm).map(({ path }) => path)
    expect(paths.toSorted()).toEqual([...SAME_AGAIN, ...ONCE].toSorted())
  })

  it.each(['/logout', '/account/language', '/account/sessions/end_others', '/account/keys/revoke'])(
    'that has the same effect again repeats it: %s',
    async (action) => {
      const { browser, form, logIn, by, service } = await open()
      await logIn()
      await by(browser.cookie(HOST, '__Host-latchkey') ?? '')('POST', '/api_keys', { name: 'x' })
      await service.logIn(right, { headers: SDK })
      const sent = await form('/account', action, { language: 'en' })
      expectSuccess(await twice(browser, sent, 'a moment later'))
    },
  )
})

describe('A request that is not a second click', () => {
  it('is the same form with other content: another user logs in', async () => {
    const { browser, form, service, home } = await open()
    await service.createUser(home, { username: 'other' })
    const { address, fields } = await form('/login', '/login', right)
    await browser.send(address, fields)
    await browser.send(address, { ...fields, username: 'other' })
    expect((await browser.open(`${SITE}/account`)).body).toContain('>other</bdi>')
    expect(await count(`${EVERY_ATTEMPT} WHERE outcome = 'none'`)).toBe(2)
  })

  it('is a form that was refused before: it is judged again', async () => {
    const { browser, form, logIn } = await open()
    await logIn()
    const typed = { name: 'backup', key_password: 'wrong' }
    const wrong = await form('/account', '/account/keys', typed)
    const [one, two] = await twice(browser, wrong, 'a moment later')
    expect([one?.status, two?.status]).toEqual([403, 403])
    expect(await count(`${EVERY_ATTEMPT} WHERE outcome = 'password_mismatch'`)).toBe(2)
  })

  it('is a form of minutes ago: a consumed code is reported as consumed', async () => {
    const { browser, form, service, clock } = await open()
    const [code] = await mailedCode(service)
    await browser.open(`${SITE}/reset?code=${code}`)
    const { address, fields } = await form('/reset', '/reset', {
      password: next,
      confirm_password: next,
    })
    expect((await browser.send(address, fields)).status).toBe(200)
    clock.advance(2 * MINUTE)
    expect((await browser.send(address, fields)).status).toBe(401)
    const id = await env.DB_US_EAST_1.prepare('SELECT id FROM sent_forms').first<number>('id')
    passTimeUntil(clock, () => isAmong(id, numbersOfMinute(FORM_IDS, clock(), HOUR)))
    await service.runCron()
    expect(await count('sent_forms')).toBe(0)
  })

  it('is the same code in another form: it is consumed', async () => {
    const { browser, form, logIn, withApp } = await open()
    const { code } = await withApp()
    await logIn()
    const otp = code()
    const [first, other] = [
      await form('/login/second', '/login/second', { otp }),
      await form('/login/second', '/login/second', { otp }),
    ]
    expect(placeOf(await browser.send(first.address, first.fields))).toBe('/account')
    expect(placeOf(await browser.send(other.address, other.fields))).not.toBe('/account')
  })

  it('is an API call: it writes no row for second clicks', async () => {
    const { service } = await open()
    for (const _ of [1, 2]) expect((await service.logIn(right, { headers: SDK })).status).toBe(201)
    expect(await count('sent_forms')).toBe(0)
  })
})

describe('Fifty simultaneous clicks', () => {
  it('log in once', async () => {
    const { browser, form } = await open()
    const { address, fields } = await form('/login', '/login', right)
    const clicks = Array.from({ length: 50 }, () => browser.send(address, fields))
    const answers = await Promise.all(clicks)
    expect(new Set(answers.map(placeOf))).toEqual(new Set(['/account']))
    expect(await count('keyed_sessions')).toBe(1)
    await expectNoFailure()
  })
})

async function mailedCode(service: Opened['service']): Promise<string[]> {
  const body = { username: right.username }
  await service.ask('POST', `${API}/sessions/forgot`, { host: HOST, body })
  return /[0-9a-f]{40}/.exec(service.mails.at(-1)?.text ?? '') ?? []
}

function codeOn(page: string, timestamp: number): string {
  const [, uri = ''] = /href="(otpauth:[^"]*)"/.exec(page) ?? []
  return (URI.parse(uri.replaceAll('&amp;', '&')) as TOTP).generate({ timestamp })
}
