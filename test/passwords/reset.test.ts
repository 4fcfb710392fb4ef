import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { hiddenFields } from '../support/hidden-fields.ts'
import { API, SDK, Service } from '../support/service.ts'
import { shownBy, TestBrowser } from '../support/test-browser.ts'
import { userWithFormerName } from '../support/user-with-former-name.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const next = 'a quiet lamp by the window'
const address = 'jo@example.com'

async function serviceWithUser(changes: ConstructorParameters<typeof Service>[0] = {}) {
  const service = new Service(changes)
  const site = await service.createSite()
  return {
    service,
    site,
    user: await service.createUser(site, { email: address, emailIsVerified: true }),
  }
}

function forgot(
  service: Service,
  body: Record<string, unknown> = { username: 'sessionuser' },
  host = 'localhost',
) {
  return service.ask('POST', `${API}/sessions/forgot`, { body, host })
}

async function codeFor(service: Service, body?: Record<string, unknown>): Promise<string> {
  await forgot(service, body)
  return codesIn(service)[0] as string
}

/** The codes of the newest mail. */
function codesIn(service: Service): string[] {
  return [...(service.mails.at(-1)?.text ?? '').matchAll(/\/reset\?code=([0-9a-f]{40})/g)].map(
    ([, code]) => code as string,
  )
}

function validate(service: Service, code: string) {
  return service.ask('POST', `${API}/sessions/forgot/validate`, { body: { code } })
}

function reset(service: Service, code: string, password = next, rest = {}) {
  return service.ask('POST', `${API}/sessions/forgot/reset`, { body: { code, password, ...rest } })
}

describe('POST /sessions/forgot', () => {
  it('mails a link to the configured host, by username or address', async () => {
    const { service } = await serviceWithUser()
    for (const body of [
      { username: 'SessionUser' },
      { email: 'JO@example.com' },
      { username_or_email: address },
    ]) {
      expect((await forgot(service, body)).status).toBe(204)
      const [mail] = service.mails.splice(0)
      expect(mail?.to).toBe(address)
      expect(mail?.text).toContain('http://mysite.localhost/reset?code=')
    }
  })

  it.each([
    { email: 'jo@example.com ' },
    { email: '\u00a0JO@example.com\u200b' },
    { username_or_email: ' jo@example.com' },
    { username: 'sessionuser ' },
    { username_or_email: 'SessionUser\u3000' },
  ])('normalizes names and addresses and mails their user: %j', async (body) => {
    const { service } = await serviceWithUser()
    expect((await forgot(service, body)).status).toBe(204)
    expect(service.mails.map(({ to }) => to)).toEqual([address])
  })

  it.each(['jo@bücher.example', 'JO@xn--bcher-kva.example', ' jo@BU\u0308CHER.example. '])(
    'mails an address in Unicode or Punycode spelling of its domain: %s',
    async (email) => {
      const service = new Service()
      const site = await service.createSite()
      await service.createUser(site, { username: 'one', email: 'jo@Bücher.example' })
      await service.createUser(site, { username: 'two', email: 'jo@xn--bcher-kva.example' })
      await forgot(service, { email }, 'mysite.localhost')
      expect(service.mails).toHaveLength(1)
      expect(codesIn(service)).toHaveLength(2)
    },
  )

  it('mails an address stored under its former key', async () => {
    const service = new Service()
    const site = await service.createSite()
    await userWithFormerName(service, site, { username: 'one', email: 'jo@bücher.example' })
    await forgot(service, { email: 'Jo@BÜCHER.example' }, 'mysite.localhost')
    expect(service.mails.map(({ to }) => to)).toEqual(['jo@bücher.example'])
  })

  it('mails the user of a name’s former key, and no other user', async () => {
    const service = new Service()
    const site = await service.createSite()
    await userWithFormerName(service, site, { username: 'Straße', email: 'one@example.com' })
    await userWithFormerName(service, site, { username: 'strasse', email: 'two@example.com' })
    await forgot(service, { username: 'STRAßE' })
    await forgot(service, { username: 'STRASSE' })
    expect(service.mails.map(({ to }) => to)).toEqual(['one@example.com', 'two@example.com'])
  })

  it('gives the same reply with the same work for every name, and writes once', async () => {
    const { service, site } = await serviceWithUser()
    await service.createUser(site, { username: 'off', email: 'off@example.com', disabled: true })
    await service.createUser(site, {
      username: 'sso',
      email: 'sso@example.com',
      authenticationMethod: 'sso',
    })
    const seen = []
    for (const username of ['sessionuser', 'nobody', 'off', 'sso']) {
      const { status, body, headers, trips } = await forgot(
        service,
        { username },
        'mysite.localhost',
      )
      seen.push(JSON.stringify([status, body, [...headers.keys()], trips]))
    }
    expect(new Set(seen).size).toBe(1)
    expect(seen[0]).toContain('[204,null,')
    expect(seen[0]).toContain('["kv","d1-us-east-1-primary"]')
    expect(service.mails.map(({ to }) => to)).toEqual([address])
  })

  it('sends one mail for all users of an address, with a link for each', async () => {
    const { service, site } = await serviceWithUser()
    await service.createUser(site, { username: 'second', email: 'Jo@Example.com' })
    await forgot(service, { email: address }, 'mysite.localhost')
    expect(service.mails).toHaveLength(1)
    expect(service.mails[0]?.text).toContain('second')
    const [one = '', two = ''] = codesIn(service)
    expect(one).not.toBe(two)
    for (const code of [one, two]) expect((await reset(service, code)).status).toBe(204)
  })

  it('sends a user at most 3 mails an hour and 10 a day', async () => {
    const { service } = await serviceWithUser()
    for (let hour = 0; hour < 5; hour++) {
      for (let asked = 0; asked < 5; asked++) await forgot(service)
      expect(service.mails).toHaveLength(Math.min(3 * (hour + 1), 10))
      service.clock.advance(3_600_000)
    }
  })

  it('sends nothing, with the same reply, when the site disables password resets', async () => {
    const { service, site } = await serviceWithUser()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET disable_password_reset = 1').run()
    const body = { username: 'sessionuser' }
    const asked = await service.ask('POST', `${API}/sessions/forgot`, {
      body,
      host: `${site.subdomain}.localhost`,
    })
    expect(asked.body.type).toBe('not-authorized/contact-admin-for-password-change-help')
    expect((await forgot(service)).status).toBe(204)
    expect(service.mails).toEqual([])
  })

  it('survives a process that dies right after the reply, since the cron finishes the work', async () => {
    const { service } = await serviceWithUser()
    service.mailFails = true
    expect((await forgot(service)).status).toBe(204)
    expect(service.mails).toEqual([])
    service.mailFails = false
    service.clock.advance(5 * 60_000)
    await service.runCron()
    expect(service.mails).toHaveLength(1)
    expect((await reset(service, codesIn(service)[0] ?? '')).status).toBe(204)
    expect(await outboxRows()).toBe(0)
  })

  it('accepts only listed interfaces and languages', async () => {
    const { service } = await serviceWithUser()
    const bad = await forgot(service, { username: 'sessionuser', interface: '//evil.example' })
    expect(bad.body.type).toBe('bad-request/invalid-interface')
    expect((await forgot(service, { username: 'x', locale: '../de' })).status).toBe(204)
  })
})

describe('POST /sessions/forgot/validate', () => {
  it('consumes nothing, and gives unknown, used and expired codes the same reply', async () => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    for (let time = 0; time < 3; time++) expect((await validate(service, code)).status).toBe(204)
    expect((await reset(service, code)).status).toBe(204)
    const used = await validate(service, code)
    const expiring = await codeFor(service)
    service.clock.advance(3_600_001)
    const expired = await validate(service, expiring)
    const unknown = await validate(service, `01${'0'.repeat(38)}`)
    for (const { status, body } of [used, expired, unknown]) {
      expect(status).toBe(401)
      expect(body.type).toBe('not-authenticated/invalid-or-expired-code')
      expect({ ...body, instance: '' }).toEqual({ ...used.body, instance: '' })
    }
  })

  it.each([
    ['spaces', ' ', ' '],
    ['the full stop of a sentence', '', '.'],
    ['brackets', '<', '>)'],
    ['zero-width characters', '\u200b', '\u2060\ufeff'],
  ])('accepts a code with characters copied along with it: %s', async (_, before, after) => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    expect((await validate(service, `${before}${code}${after}`)).status).toBe(204)
    expect((await validate(service, `${code}0${after}`)).status).toBe(401)
    expect((await reset(service, `${before}${code}${after}`)).status).toBe(204)
    expect((await service.logIn({ ...right, password: next })).status).toBe(201)
  })

  it('accepts a code at its own site’s host and the shared ones, not at another site’s', async () => {
    const { service } = await serviceWithUser()
    await service.createSite({ subdomain: 'other' })
    const code = await codeFor(service)
    const at = (host: string) =>
      service.ask('POST', `${API}/sessions/forgot/validate`, { body: { code }, host })
    expect((await at('other.localhost')).status).toBe(401)
    expect((await at('mysite.localhost')).status).toBe(204)
  })
})

describe('POST /sessions/forgot/reset', () => {
  it('refuses the present password when it must be changed, and keeps the code', async () => {
    const service = new Service()
    const site = await service.createSite()
    await service.createUser(site, { email: address, requirePasswordChange: true })
    const code = await codeFor(service)
    expect((await reset(service, code, right.password)).status).toBe(422)
    expect((await reset(service, code)).status).toBe(204)
  })

  it('sets the password, revokes every session and voids every other code', async () => {
    const { service } = await serviceWithUser()
    const { body: session } = await service.logIn(right, { headers: SDK })
    const other = await codeFor(service)
    const code = await codeFor(service)
    expect((await reset(service, code, next, { confirm_password: next })).status).toBe(204)
    const use = await service.ask('GET', `${API}/site`, {
      headers: { 'X-FilesAPI-Auth': session.id },
    })
    expect(use.status).toBe(401)
    expect((await reset(service, other)).status).toBe(401)
    expect((await service.logIn(right)).status).toBe(401)
    expect((await service.logIn({ ...right, password: next })).status).toBe(201)
    expect(service.mails.at(-1)?.text).not.toContain(next)
    const { results } = await env.DB_US_EAST_1.prepare('SELECT * FROM credential_events').all()
    expect(results).toMatchObject([{ event: 'password_reset', actor: 'code' }])
  })

  it('reports why a password is refused, and keeps the code valid', async () => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    const unequal = await reset(service, code, next, { confirm_password: 'another one' })
    expect(unequal.status).toBe(422)
    expect(unequal.body.model_errors.confirm_password).toHaveLength(1)
    const short = await reset(service, code, 'short')
    expect(short.status).toBe(422)
    expect(short.body.model_errors.password).toHaveLength(1)
    expect((await reset(service, code)).status).toBe(204)
  })

  it('has exactly one winner when 50 requests use one code with different passwords', async () => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    const passwords = Array.from({ length: 50 }, (_, nth) => `the ${nth}th of many lamps`)
    const answers = await Promise.all(passwords.map((password) => reset(service, code, password)))
    const won = passwords.filter((_, nth) => answers[nth]?.status === 204)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49)
    expect((await service.logIn({ ...right, password: won[0] })).status).toBe(201)
    const lost = passwords.find((password) => password !== won[0])
    expect((await service.logIn({ ...right, password: lost })).status).toBe(401)
  })

  it('leaves no session of the old password when it races with logins', async () => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    const logins = Array.from({ length: 10 }, () => service.logIn(right, { headers: SDK }))
    const [done, ...sessions] = await Promise.all([reset(service, code), ...logins])
    expect(done?.status).toBe(204)
    for (const { body } of sessions.filter(({ status }) => status === 201)) {
      const use = await service.ask('GET', `${API}/site`, {
        headers: { 'X-FilesAPI-Auth': body.id },
      })
      expect(use.status).toBe(401)
    }
  })

  it.each([
    ['does not have the code yet', { get: async () => null }],
    ['does not answer', { get: () => Promise.reject(new Error('KV GET failed: 500')) }],
  ])('works while KV %s', async (_, lie) => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    const lying = new Service({ KV: lyingKv(lie) }, service.clock)
    expect((await validate(lying, code)).status).toBe(204)
    expect((await reset(lying, code)).status).toBe(204)
    expect((await reset(lying, code)).status).toBe(401)
  })

  it('refuses a used code that KV still shows', async () => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    expect((await reset(service, code)).status).toBe(204)
    expect((await env.KV.list({ prefix: 'reset:' })).keys).toHaveLength(1)
    expect((await reset(service, code, 'and another quiet lamp')).status).toBe(401)
  })

  it('stores the code nowhere, only its digest', async () => {
    const { service } = await serviceWithUser()
    const code = await codeFor(service)
    const { keys } = await env.KV.list()
    expect(JSON.stringify(keys)).not.toContain(code)
    for (const table of ['reset_codes', 'outbox', 'login_history', 'sent_notices']) {
      const { results } = await env.DB_US_EAST_1.prepare(`SELECT * FROM ${table}`).all()
      expect(JSON.stringify(results)).not.toContain(code)
    }
  })
})

describe('The pages /forgot and /reset', () => {
  const form = (body: Record<string, string>, origin = 'http://localhost') => ({
    body: String(new URLSearchParams(body)),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: origin },
  })

  it('lead from the request to the new password, and opening the link consumes nothing', async () => {
    const { service } = await serviceWithUser()
    expect((await service.ask('GET', '/forgot?locale=de')).body).toContain('Passwort vergessen?')
    const asked = await service.ask('POST', '/forgot', form({ username_or_email: 'sessionuser' }))
    expect(asked.body).toContain('Check your email')
    const [code = ''] = codesIn(service)
    for (let time = 0; time < 2; time++) {
      const browser = new TestBrowser(service)
      const led = await browser.open(`http://localhost/reset?code=${code}`)
      expect([led.status, led.headers.get('Location')]).toEqual([303, '/reset'])
      expect(led.headers.get('Referrer-Policy')).toBe('no-referrer')
      expect(JSON.stringify([...led.headers])).not.toContain(code)
      const { status, body } = await browser.open('http://localhost/reset')
      expect([status, await shownBy(service, body, '/reset')]).toEqual([
        200,
        { code, username: 'sessionuser' },
      ])
    }
    const short = await service.ask(
      'POST',
      '/reset',
      form({ code, password: 'x', confirm_password: 'x' }),
    )
    expect(short.status).toBe(422)
    expect(short.body).toContain('role="alert"')
    const filled = form({ code, password: next, confirm_password: next })
    const done = await service.ask('POST', '/reset', filled)
    expect(done.body).toContain('Your password is changed')
    expect((await service.ask('POST', '/reset', filled)).status).toBe(401)
    expect((await service.logIn({ ...right, password: next })).status).toBe(201)
  })

  it('refuse forms from other sites', async () => {
    const { service } = await serviceWithUser()
    const sent = form({ username_or_email: 'sessionuser' }, 'https://evil.example')
    expect((await service.ask('POST', '/forgot', sent)).status).toBe(403)
    expect(service.mails).toEqual([])
  })

  it('escape a code, so that it never becomes markup', async () => {
    const { service } = await serviceWithUser()
    const { status, body } = await openLink(service, '%22%3E%3Cscript%3E')
    expect([status, body.includes('<script>')]).toEqual([401, false])
  })

  it.each(['.', ')', '%3E', ').', '%E2%80%8B', '%20', '=', '%3Cbr%3E', '%22,%20see%20above'])(
    'accept a code with what a mail client appended: %s',
    async (trail) => {
      const { service } = await serviceWithUser()
      await service.ask('POST', '/forgot', form({ username_or_email: 'sessionuser' }))
      const [code = ''] = codesIn(service)
      const { status, body } = await openLink(service, `${code}${trail}`)
      expect([status, await shownBy(service, body, '/reset')]).toEqual([
        200,
        { code, username: 'sessionuser' },
      ])
      const typed = decodeURIComponent(code + trail)
      const validated = await service.ask('POST', `${API}/sessions/forgot/validate`, {
        body: { code: typed },
      })
      expect(validated.status).toBe(204)
    },
  )

  it('opened from two links in two tabs each reset their own user', async () => {
    const { service, site } = await serviceWithUser()
    await service.createUser(site, { username: 'other', email: 'other@example.com' })
    const browser = new TestBrowser(service)
    const shown: Record<string, string>[] = []
    const mailed: unknown[] = []
    for (const username of ['sessionuser', 'other']) {
      await service.ask('POST', '/forgot', form({ username_or_email: username }))
      const code = codesIn(service).at(-1)
      mailed.push(code)
      await browser.open(`http://localhost/reset?code=${code}`)
      const { body } = await browser.open('http://localhost/reset')
      shown.push(hiddenFields(body, '/reset'))
    }
    const send = (fields: Record<string, string>) =>
      browser.send('http://localhost/reset', { ...fields, password: next, confirm_password: next })
    expect((await send(shown[0] ?? {})).status).toBe(200)
    expect((await service.logIn({ ...right, password: next })).status).toBe(201)
    expect((await service.logIn({ username: 'other', password: next })).status).toBe(401)
    // The other link is still open, and a reload of its tab shows it.
    const { body } = await browser.open('http://localhost/reset')
    expect(await shownBy(service, body, '/reset')).toEqual({ code: mailed[1], username: 'other' })
    expect((await send(shown[1] ?? {})).status).toBe(200)
    expect((await service.logIn({ username: 'other', password: next })).status).toBe(201)
    expect(browser.cookie('localhost', '__Host-latchkey-reset')).toBeUndefined()
  })

  it('say what to do when no link was opened or cookies are refused', async () => {
    const { service } = await serviceWithUser()
    const { status, body } = await service.ask('GET', '/reset')
    expect(status).toBe(401)
    expect(body).toContain('No reset link was opened in this browser, or it blocks cookies.')
    expect(body).not.toContain('This code is not valid')
    expect(body).toContain('href="/forgot?locale=en"')
  })

  it('report an invalid link before a password is typed', async () => {
    const { service } = await serviceWithUser()
    await service.ask('POST', '/forgot', form({ username_or_email: 'sessionuser' }))
    const [code = ''] = codesIn(service)
    for (const dead of [`${code}0`, code.slice(1), code.toUpperCase(), 'f'.repeat(40)])
      expect(await openLink(service, dead)).toMatchObject({
        status: 401,
        body: expect.not.stringContaining('action="/reset"'),
      })
    service.clock.advance(3_600_000)
    const { status, body } = await openLink(service, code)
    expect(status).toBe(401)
    expect(body).toContain('href="/forgot?locale=en"')
    expect(body).not.toContain('type="password"')
  })
})

/** The page that a browser ends on after it opens a mailed link. */
async function openLink(service: Service, code: string) {
  const browser = new TestBrowser(service)
  const { headers } = await browser.open(`http://localhost/reset?code=${code}`)
  return browser.open(`http://localhost${headers.get('Location')}`)
}

async function outboxRows(): Promise<number> {
  const row = await env.DB_US_EAST_1.prepare('SELECT count(*) AS rows FROM outbox').first('rows')
  return Number(row)
}

function lyingKv(lie: { get: () => Promise<null> }): KVNamespace {
  return Object.assign(Object.create(env.KV), lie, {
    put: env.KV.put.bind(env.KV),
    delete: env.KV.delete.bind(env.KV),
  }) as KVNamespace
}
