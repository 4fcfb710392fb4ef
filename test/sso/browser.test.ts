import { describe, expect, it } from 'vitest'
import { CLIENT } from '../support/code-order.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { API } from '../support/service.ts'
import {
  begin,
  codeFor,
  finish,
  type Order,
  readRequest,
  type Sso,
  withProvider,
} from '../support/single-sign-on.ts'
import { shownBy, TestBrowser } from '../support/test-browser.ts'

const SITE = 'http://mysite.localhost'
const COOKIE = '__Host-latchkey'
const MINUTE = 60_000

async function open(kind?: string) {
  const sso = await withProvider(kind ? { kind } : {})
  const jane = { username: 'jane', email: 'jane@acme.example', emailIsVerified: true }
  await sso.service.createUser(sso.site, jane)
  return { sso, browser: new TestBrowser(sso.service) }
}

/** Presses the button; returns the provider's URL that the browser is sent to. */
async function press(sso: Sso, browser: TestBrowser, more = '') {
  const { status, headers } = await browser.open(
    `${SITE}/login/sso?strategy=${sso.strategy.id}${more}`,
  )
  expect(status).toBe(303)
  return readRequest(headers.get('Location') ?? '')
}

type Begun = ReturnType<typeof readRequest>

/** Returns from the provider to the site’s own host. */
async function comeBack(
  sso: Sso,
  browser: TestBrowser,
  begun: Begun,
  order: Order = {},
  more = {},
) {
  const back = new URL(begun.redirectUri)
  const answer = { state: begun.state, code: codeFor(sso, begun, order), ...more }
  for (const [name, value] of Object.entries(answer)) back.searchParams.set(name, value)
  expect(back.origin).toBe(SITE)
  return browser.open(back.href)
}

/** The outcomes of all attempts but the admin's. */
async function outcomes({ service, admin }: Sso): Promise<unknown[]> {
  const { results } = await service.env.DB_US_EAST_1.prepare(
    `SELECT outcome FROM ${EVERY_ATTEMPT} WHERE username <> ? ORDER BY outcome`,
  )
    .bind(admin.username)
    .all()
  return results.map(({ outcome }) => outcome)
}

describe('Single sign-on in a browser', () => {
  it('shows a button for each enabled provider', async () => {
    const { sso, browser } = await open()
    const address = `/login/sso?strategy=${sso.strategy.id}`
    expect((await browser.open(`${SITE}/login`)).body).toContain(address)
    expect((await browser.open('http://localhost/login')).body).not.toContain('/login/sso')
    await sso.asAdmin('PATCH', `/sso_strategies/${sso.strategy.id}`, { label: '<b>"Acme"' })
    expect((await browser.open(`${SITE}/login`)).body).toContain('&lt;b&gt;&quot;Acme&quot;')
    await sso.asAdmin('PATCH', `/sso_strategies/${sso.strategy.id}`, { enabled: false })
    expect((await browser.open(`${SITE}/login`)).body).not.toContain('/login/sso')
    expect((await browser.open(`${SITE}${address}`)).status).toBe(401)
  })

  it('ends on the requested page, logged in', async () => {
    const { sso, browser } = await open()
    const begun = await press(sso, browser, '&return_to=/account/2fa')
    const { status, headers } = await comeBack(sso, browser, begun)
    expect([status, headers.get('Location')]).toEqual([303, '/account/2fa'])
    expect((await browser.open(`${SITE}/account`)).body).toContain('jane')
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example'])(
    'never redirects to another origin: %s',
    async (place) => {
      const { sso, browser } = await open()
      const begun = await press(sso, browser, `&return_to=${encodeURIComponent(place)}`)
      const { headers } = await comeBack(sso, browser, begun)
      expect(headers.get('Location')).toBe('/account')
    },
  )

  it('finishes only in the browser that started it, and not by the API', async () => {
    const { sso, browser } = await open()
    const begun = await press(sso, browser)
    const other = new TestBrowser(sso.service)
    const elsewhere = await comeBack(sso, other, begun)
    expect(elsewhere.status).toBe(401)
    expect(elsewhere.body).toContain('another browser, or your browser blocks cookies')
    expect(other.cookie('mysite.localhost', COOKIE)).toBeUndefined()
    const { status, body } = await finish(sso, begun, codeFor(sso, begun))
    expect([status, body.data.reason]).toEqual([401, 'other-browser'])
    expect((await comeBack(sso, browser, begun)).status).toBe(303)
    expect((await comeBack(sso, browser, begun)).body).toContain('already used')
    expect(await outcomes(sso)).toEqual([...Array(3).fill('key_mismatch'), 'none'])
  })

  it('asks for confirmation on a page that names the user when a program started it', async () => {
    const { sso, browser } = await open()
    const begun = await begin(sso, { state: 'mine & only' })
    const asked = await comeBack(sso, browser, begun)
    expect(asked.status).toBe(200)
    expect(asked.body).toContain('jane@acme.example')
    expect(browser.cookie('mysite.localhost', COOKIE)).toBeUndefined()
    const fields = hiddenFields(asked.body, '/login/sso/confirm')
    const done = await browser.send(`${SITE}/login/sso/confirm`, fields)
    expect([done.status, done.headers.get('Location')]).toEqual([
      303,
      '/account?state=mine+%26+only',
    ])
    sso.service.clock.advance(2 * MINUTE)
    const again = await browser.send(`${SITE}/login/sso/confirm`, fields)
    expect([again.status, again.body.includes('was already used')]).toEqual([401, true])
    const forged = await sso.service.ask('POST', '/login/sso/confirm', {
      host: 'mysite.localhost',
      body: fields,
      headers: { Origin: 'https://evil.example', Accept: 'text/html' },
    })
    expect(forged.status).toBe(403)
  })

  it.each<[string, object, RegExp]>([
    ['the user declines', { error: 'access_denied' }, /you canceled it/],
    [
      'the provider names another issuer',
      { iss: 'https://accounts.google.com' },
      /an invalid reply/,
    ],
    ['the code is missing', { code: '' }, /an invalid reply/],
    ['the state is forged', { state: 'x' }, /longer than 10 minutes/],
    ['the state is missing', { state: '' }, /longer than 10 minutes/],
  ])('shows an error page when %s', async (_, answer, expected) => {
    const { sso, browser } = await open()
    const { status, body } = await comeBack(sso, browser, await press(sso, browser), {}, answer)
    expect(status).toBe(401)
    expect(body).toMatch(expected)
    expect(browser.cookie('mysite.localhost', COOKIE)).toBeUndefined()
  })

  it('requires the iss parameter when the provider advertises it', async () => {
    const { sso, browser } = await open('names-itself')
    const mixedUp = await comeBack(sso, browser, await press(sso, browser))
    expect(mixedUp.status).toBe(401)
    const named = { iss: sso.issuer }
    expect((await comeBack(sso, browser, await press(sso, browser), {}, named)).status).toBe(303)
  })

  it('rejects a code of one provider with the state of another (mix-up)', async () => {
    const { sso, browser } = await open()
    const { body: other } = await sso.asAdmin('POST', '/sso_strategies', {
      provider: 'openid_connect',
      label: 'Evil',
      issuer: `${sso.issuer}evil`,
      client_id: CLIENT.id,
      client_secret: 'x',
    })
    const begun = await press(sso, browser)
    const evil = await press({ ...sso, strategy: other }, browser)
    const swapped = { ...evil, challenge: begun.challenge, nonce: begun.nonce }
    expect((await comeBack(sso, browser, swapped)).status).toBe(401)
    expect((await comeBack(sso, browser, { ...begun, nonce: evil.nonce })).status).toBe(401)
    expect((await comeBack(sso, browser, begun)).status).toBe(303)
  })

  it('shows an error page when the provider does not answer', async () => {
    const { sso, browser } = await open('dead')
    const { status, body } = await browser.open(`${SITE}/login/sso?strategy=${sso.strategy.id}`)
    expect([status, body.includes('is not responding')]).toEqual([503, true])
  })

  it('puts no code into a page and sends no page address as referrer', async () => {
    const { sso, browser } = await open()
    const begun = await press(sso, browser)
    const { body, headers } = await comeBack(sso, browser, begun, {}, { iss: 'x' })
    expect(body).not.toContain(codeFor(sso, begun))
    expect(headers.get('Referrer-Policy')).toBe('strict-origin')
  })

  it('offers to log out at the provider after logout', async () => {
    const { sso, browser } = await open()
    await comeBack(sso, browser, await press(sso, browser))
    const page = await browser.open(`${SITE}/account`)
    const out = await browser.send(`${SITE}/logout`, hiddenFields(page.body, '/logout'))
    const there = out.headers.get('Location') ?? ''
    expect(there).toBe(`/logged_out?strategy=${sso.strategy.id}`)
    const { body } = await browser.open(`${SITE}${there}`)
    expect(body).toContain(`href="${sso.issuer}/end?client_id=${CLIENT.id}"`)
    expect((await browser.open(`${SITE}/account`)).status).toBe(303)
    const nowhere = await browser.open(`${SITE}/logged_out?strategy=1`)
    expect([nowhere.status, nowhere.headers.get('Location')]).toEqual([303, '/login'])
  })
})

describe('Single sign-on of a user with 2FA', () => {
  async function withApp() {
    const { sso, browser } = await open()
    const { service } = sso
    const begun = await begin(sso)
    const { body } = await finish(sso, begun, codeFor(sso, begun))
    const headers = { 'X-FilesAPI-Auth': body.token }
    const ask = (method: string, path: string, sent: Record<string, unknown>) =>
      service.ask(method, `${API}${path}`, { headers, body: sent, host: sso.host })
    const { body: made } = await ask('POST', '/2fa', { method_type: 'totp', name: 'phone' })
    const { URI } = await import('otpauth')
    const app = URI.parse(made.totp_provisioning_uri)
    const code = () => app.generate({ timestamp: service.clock() } as never)
    await ask('PATCH', `/2fa/${made.id}`, { otp: code() })
    service.clock.advance(30_000)
    return { sso, browser, code }
  }

  it('asks API clients for a one-time code and returns a partial session', async () => {
    const { sso, code } = await withApp()
    const begun = await begin(sso, { state: 'mine' })
    const asked = await finish(sso, begun, codeFor(sso, begun))
    expect([asked.status, asked.body.type]).toEqual([
      401,
      'not-authenticated/two-factor-authentication-error',
    ])
    const { partial_session_id } = asked.body.data
    const second = (otp: string) =>
      sso.service.logIn({ otp, partial_session_id }, { host: sso.host })
    expect((await second('000000')).body.type).toMatch(/one-time-password-incorrect/)
    const byPassword = { username: 'jane', password: 'wrong', otp: code() }
    expect((await sso.service.logIn(byPassword, { host: sso.host })).status).toBe(401)
    const done = await second(code())
    expect([done.status, done.body.oauth_state]).toEqual([201, 'mine'])
    sso.service.clock.advance(30_000)
    expect((await second(code())).status).toBe(401)
  })

  it('allows 10 minutes for the one-time code from the provider’s answer on, however often it asks', async () => {
    const { sso, browser, code } = await withApp()
    const { service, host } = sso
    const asked = await comeBack(sso, browser, await begin(sso))
    const fields = hiddenFields(asked.body, '/login/sso/confirm')
    service.clock.advance(9 * MINUTE)
    const page = await browser.follow(SITE, await browser.send(`${SITE}/login/sso/confirm`, fields))
    const { partial_session_id } = await shownBy(service, page.body, '/login/sso/second')
    const go = (more = {}) => service.logIn({ partial_session_id, ...more }, { host })
    expect((await go()).body.data.partial_session_id).toBe(partial_session_id)
    service.clock.advance(MINUTE)
    expect((await go()).body.data.reason).toBe('expired')
    expect((await go({ otp: code() })).body.data.reason).toBe('expired')
  })

  it('starts one session per state, however late further codes arrive', async () => {
    const { sso, browser, code } = await withApp()
    const { service, host } = sso
    const begun = await begin(sso)
    service.clock.advance(9 * MINUTE)
    const asked = await comeBack(sso, browser, begun)
    const fields = hiddenFields(asked.body, '/login/sso/confirm')
    const partialOf = async () => {
      const led = await browser.send(`${SITE}/login/sso/confirm`, fields)
      const { body } = await browser.follow(SITE, led)
      return (await shownBy(service, body, '/login/sso/second')).partial_session_id
    }
    const go = (partial_session_id: unknown, otp: string) =>
      service.logIn({ partial_session_id, otp }, { host })
    const [one, two] = [await partialOf(), await partialOf()]
    for (const partial of [one, two, one, two])
      expect((await go(partial, '000000')).body.type).toMatch(/one-time-password-incorrect/)
    expect((await go(two, code())).status).toBe(201)
    service.clock.advance(9 * MINUTE)
    const three = await partialOf()
    service.clock.advance(3 * MINUTE)
    await service.runCron()
    expect((await go(three, code())).status).toBe(401)
  })

  it('allows five codes per state, whichever partial session they come with', async () => {
    const { sso, browser, code } = await withApp()
    const asked = await comeBack(sso, browser, await begin(sso))
    const fields = hiddenFields(asked.body, '/login/sso/confirm')
    const partialOf = async () => {
      const led = await browser.send(`${SITE}/login/sso/confirm`, fields)
      const { body } = await browser.follow(SITE, led)
      return (await shownBy(sso.service, body, '/login/sso/second')).partial_session_id
    }
    const go = (partial_session_id: unknown, otp: string) =>
      sso.service.logIn({ partial_session_id, otp }, { host: sso.host })
    const [one, two] = [await partialOf(), await partialOf()]
    for (const [nth, partial] of [one, two, one, two, one].entries())
      await go(partial, String(100_000 + nth))
    expect((await go(two, code())).body.type).toMatch(/invalid-session/)
  })

  it('asks for a one-time code however long the provider’s answer is, in any script', async () => {
    const { sso, browser, code } = await withApp()
    const long = (length: number) => '語'.repeat(length)
    const claims = { groups: Array.from({ length: 20 }, (_, nth) => `${nth}${long(38)}`) }
    const begun = await begin(sso, { state: long(512) })
    const asked = await comeBack(sso, browser, begun, { claims })
    const fields = hiddenFields(asked.body, '/login/sso/confirm')
    const page = await browser.send(`${SITE}/login/sso/confirm`, fields)
    const second = hiddenFields(page.body, '/login/sso/second')
    const { partial_session_id } = await shownBy(sso.service, page.body, '/login/sso/second')
    const wrong = await sso.service.logIn({ partial_session_id, otp: '000000' }, { host: sso.host })
    expect(wrong.body.type).toMatch(/one-time-password-incorrect/)
    const done = await browser.send(`${SITE}/login/sso/second`, { ...second, otp: code() })
    expect(done.status).toBe(303)
  })

  it('asks for a one-time code on a page', async () => {
    const { sso, browser, code } = await withApp()
    const asked = await comeBack(sso, browser, await press(sso, browser, '&return_to=/account/2fa'))
    expect([asked.status, browser.cookie('mysite.localhost', COOKIE)]).toEqual([303, undefined])
    const page = await browser.follow(SITE, asked)
    expect(page.status).toBe(200)
    const fields = hiddenFields(page.body, '/login/sso/second')
    const step = (otp: string, sent = fields) =>
      browser.send(`${SITE}/login/sso/second`, { ...sent, otp })
    const wrong = await browser.follow(SITE, await step('000000'))
    expect(wrong.body).toContain('This code is incorrect')
    const done = await step(code(), hiddenFields(wrong.body, '/login/sso/second'))
    expect([done.status, done.headers.get('Location')]).toEqual([303, '/account/2fa'])
  })

  it('skips the one-time code when the provider reports a second factor', async () => {
    const { sso, browser } = await withApp()
    const placeAfter = async (claims: Record<string, unknown>) => {
      const done = await comeBack(sso, browser, await press(sso, browser), { claims })
      return done.headers.get('Location')
    }
    for (const claims of [{ amr: ['mfa'] }, { amr: ['pwd', 'otp'] }, { acr: 'phr' }])
      expect(await placeAfter(claims)).toBe('/account')
    for (const claims of [{ amr: ['pwd'] }, { amr: ['pwd', 'pin'] }, { acr: '0' }, { amr: 'mfa' }])
      expect(await placeAfter(claims)).toBe('/login/second?locale=en')
  })

  it('locks the user out after wrong codes, however often they return from the provider', async () => {
    const { sso, code } = await withApp()
    const wrongly = async (nth: number) => {
      const begun = await begin(sso)
      return finish(sso, begun, codeFor(sso, begun), { otp: String(100_000 + nth) })
    }
    for (let nth = 0; nth < 10; nth++) await wrongly(nth)
    const begun = await begin(sso)
    const { status, body } = await finish(sso, begun, codeFor(sso, begun), { otp: code() })
    expect([status, body.type]).toEqual([401, 'not-authenticated/locked-out'])
    expect(await outcomes(sso)).toContain('locked_out')
  })
})

describe('Single sign-on at a site that requires 2FA', () => {
  it('accepts the provider’s second factor, or requires 2FA setup first', async () => {
    const { sso } = await open()
    await sso.service.env.DB_US_EAST_1.prepare('UPDATE sites SET require_2fa = 1').run()
    const logIn = async (claims: Record<string, unknown>) => {
      const begun = await begin(sso)
      const { body } = await finish(sso, begun, codeFor(sso, begun, { claims }))
      const headers = { 'X-FilesAPI-Auth': body.id }
      const { status } = await sso.service.ask('GET', `${API}/api_keys`, {
        headers,
        host: sso.host,
      })
      return [body.two_factor_setup_needed, status]
    }
    expect(await logIn({})).toEqual([true, 403])
    expect(await logIn({ amr: ['pwd', 'mfa'] })).toEqual([false, 200])
  })
})
