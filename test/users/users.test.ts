import { describe, expect, it } from 'vitest'
import { fill, messagesFor } from '../../src/messages/messages.ts'
import { DAY, HOUR, MINUTE } from '../../src/storage/clock.ts'
import { API, SDK, Service } from '../support/service.ts'
import { siteWithAdmin } from '../support/site-with-admin.ts'

const PASSWORD = 'a quiet lamp by the window'

async function open(set: Parameters<Service['createSite']>[0] = {}) {
  const service = new Service()
  const { site, admin, session } = await siteWithAdmin(service, set)
  const by =
    (session: string) =>
    (
      method: string,
      path: string,
      body?: Record<string, unknown>,
      more: Record<string, string> = {},
    ) =>
      service.ask(method, `${API}${path}`, {
        headers: { ...SDK, 'X-FilesAPI-Auth': session, ...more },
        ...(body && { body }),
      })
  const sessionOf = async (username: string, password: string) =>
    (await service.logIn({ username, password }, { headers: SDK })).body.id as string
  const ask = by(session)
  const make = async (more: Record<string, unknown> = {}) =>
    (
      await ask('POST', '/users', {
        username: 'jane',
        password: PASSWORD,
        self_managed: false,
        ...more,
      })
    ).body
  return { service, site, admin, by, sessionOf, ask, make }
}

async function codeAskedBy(service: Service, username: string): Promise<string> {
  await service.ask('POST', `${API}/sessions/forgot`, { body: { username } })
  return /(?<=reset\?code=)[0-9a-f]{40}/.exec(service.mails.at(-1)?.text ?? '')?.[0] ?? ''
}

async function events(service: Service): Promise<unknown[]> {
  const { results } = await service.env.DB_US_EAST_1.prepare(
    "SELECT event, actor, changes FROM credential_events WHERE event LIKE 'user%' ORDER BY rowid",
  ).all()
  return results
}

describe('A user of a site', () => {
  it('is created, found, listed, changed and deleted by an admin', async () => {
    const { ask, make, service } = await open()
    const jane = await make({ email: 'jane@acme.example', language: 'de' })
    expect(jane).toMatchObject({ username: 'jane', language: 'de', disabled: false })
    expect(JSON.stringify(jane)).not.toContain('argon2')
    const path = `/users/${jane.id}`
    expect((await ask('GET', path)).body).toEqual(jane)
    expect((await ask('GET', '/users')).body).toContainEqual(jane)
    const changes = { site_admin: true, time_zone: 'Europe/Berlin', allowed_ips: '192.0.2.7, ::/0' }
    const changed = await ask('PATCH', path, changes)
    expect(changed).toMatchObject({
      status: 200,
      body: { ...jane, ...changes, allowed_ips: '192.0.2.7\n::/0' },
    })
    expect((await ask('DELETE', path)).status).toBe(204)
    expect((await ask('GET', path)).status).toBe(404)
    expect((await make()).username).toBe('jane')
    const recorded = (await events(service)) as { event: string; changes: string }[]
    const altered = recorded.find(({ event }) => event === 'user_changed')
    expect(JSON.parse(altered?.changes ?? '')).toEqual({
      site_admin: [false, true],
      time_zone: [null, 'Europe/Berlin'],
      allowed_ips: ['', '192.0.2.7\n::/0'],
    })
    expect(recorded.map(({ event }) => event).sort()).toEqual([
      ...['user_changed', 'user_created', 'user_created', 'user_deleted'],
    ])
    expect(JSON.stringify(await events(service))).not.toContain('argon2')
  })

  it.each([
    ['<jane@example.com>', 'email'],
    ['jane@example.com.', 'email'],
    ['jané@example.com', 'email'],
  ])('is not created with an undeliverable email address: %s', async (email, field) => {
    const { ask } = await open()
    const { status, body } = await ask('POST', '/users', { username: 'jane', email })
    expect([status, Object.keys(body.model_errors)]).toEqual([422, [field]])
    expect(body.error).toContain('such as jane@example.com')
  })

  it('is created with username and email address stripped of surrounding space', async () => {
    const { ask, service } = await open()
    const { body } = await ask('POST', '/users', {
      username: ' jane ',
      email: 'jane@acme.example ',
    })
    expect(body).toMatchObject({ username: 'jane', email: 'jane@acme.example' })
    expect(service.mails.map(({ to }) => to)).toEqual(['jane@acme.example'])
    const again = await ask('PATCH', `/users/${body.id}`, {
      username: 'jane ',
      email: ' JANE@acme.example',
    })
    expect([again.status, again.body.email]).toEqual([200, 'JANE@acme.example'])
  })

  it.each([
    [{ username: 's\u0435ssi\u043enuser' }, /scripts/],
    [{ username: 'jane\ufe0f' }, /U\+FE0F/],
    [{ username: 'jane\u2800' }, /U\+2800/],
    [{ username: 'ja  ne' }, /ordinary spaces/],
    [{ username: 'ｊａｎｅ' }, /“jane”/],
    [{ username: 'b\u043ess' }, /scripts/],
    [{ username: '\u0432\u0456\u043es' }, /scripts/],
  ])('is refused with an error that explains the username: %j', async (sent, text) => {
    const { ask } = await open()
    const { status, body } = await ask('POST', '/users', { ...sent, password: PASSWORD })
    expect(status).toBe(422)
    expect(body.model_errors).toEqual({ username: [expect.stringMatching(text)] })
  })

  it('is refused with an error when the name looks like another one of the site', async () => {
    const { ask, make } = await open()
    await make({ username: 'cop' })
    const { body } = await ask('POST', '/users', {
      username: '\u0441\u043e\u0440',
      password: PASSWORD,
    })
    expect(body.model_errors).toEqual({ username: [expect.stringMatching(/looks like/)] })
  })

  it('keeps their verified email address when only its spelling changes', async () => {
    const { ask, service, site } = await open()
    const { id } = await service.createUser(site, {
      username: 'jo',
      email: 'jo@bücher.example',
      emailIsVerified: true,
    })
    const email = 'Jo@xn--bcher-kva.example'
    expect((await ask('PATCH', `/users/${id}`, { email })).body.email).toBe(email)
    expect(service.mails).toEqual([])
    const right = { username: 'jo@bücher.example', password: 'sessionuserpassword' }
    expect((await service.logIn(right, { host: 'mysite.localhost' })).status).toBe(201)
  })

  it('is listed by page and cursor, and found by name, email address and flags', async () => {
    const { ask, service, site } = await open()
    for (const username of ['ann', 'bob', 'bobby', 'carl_'])
      await service.createUser(site, { username, email: `${username}@acme.example` })
    const other = await service.createSite({ subdomain: 'other' })
    await service.createUser(other, { username: 'bobo' })
    const names = async (query: string) =>
      (await ask('GET', `/users?${query}`)).body.map((user: { username: string }) => user.username)
    const first = await ask('GET', '/users?per_page=3')
    const cursor = first.headers.get('X-Files-Cursor')
    const rest = await ask('GET', `/users?per_page=3&cursor=${cursor}`)
    expect(first.body.length + rest.body.length).toBe(5)
    expect(rest.headers.has('X-Files-Cursor')).toBe(false)
    expect((await names('search=BOB')).sort()).toEqual(['bob', 'bobby'])
    expect(await names('q[site_admin]=Yes')).toEqual(['boss'])
    expect(await names('search=l_')).toEqual(['carl_'])
    expect(await names('search=%25')).toEqual([])
    expect(await names('q[username]=Bob')).toEqual(['bob'])
    expect(await names('filter[email]=ann@acme.example')).toEqual(['ann'])
    expect(await names('q[site_admin]=true')).toEqual(['boss'])
    expect(await names(`ids=${first.body[0].id}`)).toEqual([first.body[0].username])
  })

  it('can read themselves and change their language and time zone, but nothing else', async () => {
    const { make, by, sessionOf } = await open()
    const jane = await make()
    const ask = by(await sessionOf('jane', PASSWORD))
    expect((await ask('GET', '/users/0')).body.username).toBe('jane')
    expect((await ask('GET', `/users/${jane.id}`)).status).toBe(200)
    const own = await ask('PATCH', '/users/0', { language: 'fr', time_zone: 'Europe/Paris' })
    expect(own.body).toMatchObject({ language: 'fr', time_zone: 'Europe/Paris' })
    for (const more of [
      { site_admin: true },
      { allowed_ips: '::1' },
      { change_password: PASSWORD },
    ])
      expect((await ask('PATCH', '/users/0', more)).body.type).toBe(
        'not-authorized/insufficient-permission-for-params',
      )
    for (const path of ['/users', '/users/1'])
      expect([403, 404]).toContain((await ask('GET', path)).status)
    expect((await ask('DELETE', `/users/${jane.id}`)).status).toBe(403)
  })

  it('of another site returns 404 for reads, changes, deletion and everything else', async () => {
    const { ask, service } = await open()
    const other = await service.createSite({ subdomain: 'other' })
    const { id } = await service.createUser(other, { username: 'stranger' })
    const calls = [
      ...['GET', 'PATCH', 'DELETE'].map((method) => [method, `/users/${id}`]),
      ...['unlock', 'resend_welcome_email', '2fa/reset'].map((what) => [
        'POST',
        `/users/${id}/${what}`,
      ]),
    ] as [string, string][]
    for (const [method, path] of calls) {
      const { status, body } = await ask(
        method,
        path,
        method === 'PATCH' ? { language: 'de' } : undefined,
      )
      expect([method, path, status, body.type]).toEqual([
        method,
        path,
        404,
        'not-found/user-not-found',
      ])
    }
    expect((await events(service)).length).toBe(0)
  })

  it('is logged out at once, and their keys revoked, when disabled or deleted', async () => {
    const { ask, make, by, sessionOf, service } = await open()
    for (const [method, body] of [
      ['PATCH', { disabled: true }],
      ['DELETE', undefined],
    ] as const) {
      const jane = await make()
      const session = await sessionOf('jane', PASSWORD)
      const { body: key } = await by(session)('POST', '/api_keys', { name: 'x' })
      const byKey = () =>
        service.ask('GET', `${API}/site`, { headers: { 'X-FilesAPI-Key': key.key } })
      expect((await byKey()).status).toBe(200)
      expect((await ask(method, `/users/${jane.id}`, body)).status).toBeLessThan(300)
      expect((await by(session)('GET', '/site')).status).toBe(401)
      expect((await byKey()).status).toBe(401)
      expect((await service.logIn({ username: 'jane', password: PASSWORD })).status).toBe(401)
      if (method === 'PATCH') await ask('DELETE', `/users/${jane.id}`)
    }
  })

  it('logs in at once with a password that an admin set through the API', async () => {
    const { ask, make, service } = await open()
    const statusFor = async (username: string, password: string) =>
      (await service.logIn({ username, password })).status
    const made = [await make(), await make({ username: 'joe', self_managed: true })]
    expect(made.map((user) => user.require_password_change)).toEqual([false, false])
    const next = 'another lamp by that window'
    for (const { id, username } of made) {
      expect(await statusFor(username, PASSWORD)).toBe(201)
      const unlike = { change_password: next, change_password_confirmation: 'x' }
      expect((await ask('PATCH', `/users/${id}`, unlike)).status).toBe(422)
      expect((await ask('PATCH', `/users/${id}`, { change_password: next })).status).toBe(200)
      expect(await statusFor(username, next)).toBe(201)
    }
  })

  it.each([
    ['at its creation', { require_password_change: true }, {}],
    ['with the new password', {}, { require_password_change: true, password: PASSWORD }],
    ['later', {}, { require_password_change: true }],
  ])('must change a password when require_password_change is sent %s', async (_, made, set) => {
    const { ask, make, service } = await open()
    const { id } = await make({ self_managed: true, ...made })
    if (Object.keys(set).length > 0) await ask('PATCH', `/users/${id}`, set)
    const { body } = await service.logIn({ username: 'jane', password: PASSWORD })
    expect(body.type).toMatch(/password-change-required/)
  })

  it('is mailed a link to choose their own password when an admin sets one', async () => {
    const { admin, make, service, sessionOf, by } = await open()
    const reset = async (password: string) => {
      const [code] = /(?<=reset\?code=)[0-9a-f]{40}/.exec(service.mails.at(-1)?.text ?? '') ?? []
      const sent = { body: { code: code ?? 'none', password } }
      return (await service.ask('POST', `${API}/sessions/forgot/reset`, sent)).status
    }
    const jane = await make({ self_managed: true, email: 'jane@acme.example' })
    expect(service.mails.map(({ to }) => to)).toEqual(['jane@acme.example'])
    expect(service.mails[0]?.text).toContain(messagesFor('en').emails.passwordGiven)
    expect(service.mails[0]?.text).not.toContain(PASSWORD)
    service.clock.advance(23 * HOUR)
    expect(await reset('a first lamp of my own here')).toBe(204)
    const session = await sessionOf('jane', 'a first lamp of my own here')
    const old = await codeAskedBy(service, 'jane')
    const ask = by(await sessionOf('boss', admin.password))
    await ask('PATCH', `/users/${jane.id}`, { password: 'another lamp by that window' })
    expect((await by(session)('GET', '/site')).status).toBe(401)
    const late = { body: { code: old } }
    expect((await service.ask('POST', `${API}/sessions/forgot/validate`, late)).status).toBe(401)
    const told = fill(messagesFor('en').emails.passwordSet, { username: 'jane' })
    expect(service.mails.at(-1)?.text).toContain(told.slice(0, told.indexOf('{')))
    expect(await reset('a second lamp of my own here')).toBe(204)
    expect(await reset('a third lamp of my own here')).toBe(401)
  })

  it.each([
    ['the site disables password resets', { disablePasswordReset: true }, {}],
    ['the account is shared', {}, { self_managed: false }],
    ['they are disabled', {}, { self_managed: true, disabled: true }],
  ])('gets a notice but no such link when %s', async (_, set, made) => {
    const { ask, make, service } = await open(set)
    const { id } = await make({ self_managed: true, email: 'jane@acme.example', ...made })
    await ask('PATCH', `/users/${id}`, { password: 'another lamp by that window' })
    expect(service.mails).toHaveLength(2)
    expect(service.mails.map(({ text }) => text).join()).not.toContain('reset?code=')
  })

  it('is invited by mail when they have no password, and welcomed when they have one', async () => {
    const { make, ask, service } = await open()
    const email = 'jane@acme.example'
    const jane = await make({ password: undefined, email })
    await make({ username: 'joe', email: 'joe@acme.example' })
    await service.runCron()
    expect(service.mails.map(({ to }) => to).sort()).toEqual([email, 'joe@acme.example'])
    expect(service.mails.find(({ to }) => to === email)?.text).toContain('/reset?code=')
    expect((await ask('POST', `/users/${jane.id}/resend_welcome_email`)).status).toBe(204)
    const nobody = await ask('POST', '/users', { username: 'nobody' })
    expect(nobody.body.type).toBe('bad-request/request-params-required')
  })

  it('is unlocked and loses their 2FA methods by an admin', async () => {
    const { make, ask, service } = await open()
    const jane = await make()
    const wrong = (nth: number) => service.logIn({ username: 'jane', password: `wrong ${nth}` })
    for (let nth = 0; nth < 10; nth++) await wrong(nth)
    const right = { username: 'jane', password: PASSWORD }
    expect((await service.logIn(right)).body.type).toMatch(/locked-out/)
    expect((await ask('POST', `/users/${jane.id}/unlock`)).status).toBe(204)
    expect((await service.logIn(right)).status).toBe(201)
    expect((await ask('POST', `/users/${jane.id}/2fa/reset`)).status).toBe(204)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['allowed_ips', { allowed_ips: '192.0.2.300' }, 'allowed_ips'],
    ['allowed_ips', { allowed_ips: '10.0.0.0/33' }, 'allowed_ips'],
    ['authenticate_until', { authenticate_until: 'tomorrow' }, 'authenticate_until'],
    ['an impossible date', { authenticate_until: '2027-02-30T00:00:00Z' }, 'authenticate_until'],
    ['an IPv4 network in IPv6 form', { allowed_ips: '::ffff:203.0.113.0/24' }, 'allowed_ips'],
    ['email', { email: 'nobody' }, 'email'],
    ...[
      ...[
        '<jane@example.com>',
        'mailto:jane@example.com',
        'jane@example.com,',
        'jane@example.com.',
      ],
      ...[
        'ja\u200bne@example.com',
        'jané@example.com',
        'a@1.1',
        'jane@localhost',
        'j@a, k@b.example',
      ],
    ].map((email): [string, Record<string, unknown>, string] => ['email', { email }, 'email']),
    ['language', { language: 'xx' }, 'language'],
    ['time_zone', { time_zone: 'Mars/Base' }, 'time_zone'],
    ['sso_strategy_id', { sso_strategy_id: 1 }, 'sso_strategy_id'],
    ['authentication_method', { authentication_method: 'sso' }, 'sso_strategy_id'],
    ['username', { username: 'other' }, 'username'],
    ['change_password', { change_password: 'short' }, 'change_password'],
  ])('is not saved with an invalid %s: %o', async (_, changes, field) => {
    const { ask, make } = await open()
    const { status, body } = await ask('PATCH', `/users/${(await make()).id}`, changes)
    expect([status, body.type]).toEqual([422, 'processing-failure/model-save-error'])
    expect(Object.keys(body.model_errors)).toEqual([field])
  })

  it.each(['partner_id', 'workspace_id', 'group_ids', 'billing_permission', 'require_login_by'])(
    'is refused by name with a setting that is not supported: %s',
    async (name) => {
      const { ask, make } = await open()
      const { body } = await ask('PATCH', `/users/${(await make()).id}`, { [name]: true })
      expect([body.type, body.error]).toEqual([
        'bad-request/request-params-invalid',
        `Request parameter invalid: ${name}`,
      ])
    },
  )
})

describe('A change of who can get in', () => {
  const ways = {
    email: 'thief@x.example',
    change_password: 'another quiet lamp',
    site_admin: true,
    require_2fa: 'never_require',
    authentication_method: 'none',
    self_managed: true,
  }

  it.each(Object.entries(ways))('requires recent authentication: %s', async (name, value) => {
    const { ask, make, service, admin } = await open()
    const jane = await make()
    service.clock.advance(11 * MINUTE)
    const changes = { [name]: value }
    const refused = await ask('PATCH', `/users/${jane.id}`, changes)
    expect([refused.status, refused.body.type]).toEqual([
      403,
      'not-authorized/reauthentication-needed-action',
    ])
    expect((await ask('GET', `/users/${jane.id}`)).body).toEqual(jane)
    const proof = { 'X-Files-Reauthentication': `password:${admin.password}` }
    expect((await ask('PATCH', `/users/${jane.id}`, changes, proof)).status).toBe(200)
  })

  it('includes creating a user, but neither language nor time zone', async () => {
    const { ask, make, service } = await open()
    const jane = await make()
    service.clock.advance(11 * MINUTE)
    const same = { ...jane, time_zone: 'Europe/Berlin' }
    expect((await ask('PATCH', `/users/${jane.id}`, same)).status).toBe(200)
    for (const more of [{}, { site_admin: true }])
      expect((await make({ username: 'other', ...more })).type).toBe(
        'not-authorized/reauthentication-needed-action',
      )
  })
})

describe('The email address of a user', () => {
  it('changed by an admin voids mailed codes and notifies the old one, and sessions stay', async () => {
    const { ask, make, service, sessionOf, by } = await open()
    const { id } = await make({ email: 'jane@acme.example' })
    const session = await sessionOf('jane', PASSWORD)
    const asked = { body: { username: 'jane' }, host: 'mysite.localhost' }
    await service.ask('POST', `${API}/sessions/forgot`, asked)
    const code = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '')?.[1]
    const validate = async () =>
      (await service.ask('POST', `${API}/sessions/forgot/validate`, { body: { code } })).status
    expect(await validate()).toBe(204)
    await ask('PATCH', `/users/${id}`, { email: 'JANE@acme.example' })
    expect(await validate()).toBe(204)
    await ask('PATCH', `/users/${id}`, { email: 'jane@new.example' })
    expect(await validate()).toBe(401)
    expect(service.mails.at(-1)).toMatchObject({ to: 'JANE@acme.example' })
    expect(service.mails.at(-1)?.text).toContain('jane@new.example')
    expect((await by(session)('GET', '/users/0')).body.email).toBe('jane@new.example')
  })

  it('gets a limited number of invitations, after which no more users are created with it', async () => {
    const { ask, make, service, by, sessionOf, admin } = await open()
    const invite = (i: number) =>
      make({ username: `guest${i}`, password: undefined, email: 'victim@x.example' })
    for (let i = 0; i < 20; i++) expect((await invite(i)).username).toBe(`guest${i}`)
    expect((await invite(20)).type).toBe('rate-limited/too-many-requests')
    expect((await ask('GET', '/users?search=guest20')).body).toEqual([])
    service.clock.advance(HOUR)
    const askAnew = by(await sessionOf('boss', admin.password))
    const email = 'victim@x.example'
    const { status } = await askAnew('POST', '/users', { username: 'guest20', email })
    expect(status).toBe(201)
  })

  it('is required for an invitation, before a user is created', async () => {
    const { ask, make } = await open()
    expect((await make({ password: undefined })).type).toBe('bad-request/request-params-required')
    expect((await ask('GET', '/users?search=jane')).body).toEqual([])
  })
})

describe('A locked-out user', () => {
  it.each([
    ['the site’s host', 'mysite.localhost'],
    ['a shared host', 'localhost'],
  ])(
    'is shown with the end of the lockout after failed attempts at %s, and unlocked by an admin',
    async (_, host) => {
      const { ask, make, service } = await open()
      const { id } = await make({ username: 'jo' })
      expect((await ask('GET', `/users/${id}`)).body.lockout_expires).toBe(null)
      for (let i = 0; i < 10; i++)
        await service.logIn({ username: 'jo', password: `wrong ${i}` }, { host })
      const until = new Date(service.clock() + HOUR).toISOString()
      expect((await ask('GET', `/users/${id}`)).body.lockout_expires).toBe(until)
      const listed = (await ask('GET', '/users')).body as { username: string }[]
      expect(listed.find(({ username }) => username === 'jo')).toHaveProperty(
        'lockout_expires',
        until,
      )
      expect(listed.find(({ username }) => username === 'boss')).toHaveProperty(
        'lockout_expires',
        null,
      )
      expect((await ask('POST', `/users/${id}/unlock`)).status).toBe(204)
      expect((await ask('GET', `/users/${id}`)).body.lockout_expires).toBe(null)
      expect((await service.logIn({ username: 'jo', password: PASSWORD }, { host })).status).toBe(
        201,
      )
    },
  )
})

describe('The list of users', () => {
  it('is searched by any part of a name, however long, and by known parameters only', async () => {
    const { ask, make } = await open()
    const long = `${'é'.repeat(60)}%_\\`
    await make({ username: long, email: `${'a'.repeat(64)}@acme.example` })
    for (const search of [long, 'É'.repeat(49), '%_', '\\', `${'A'.repeat(60)}@acme`]) {
      const { status, body } = await ask('GET', `/users?search=${encodeURIComponent(search)}`)
      expect([status, body.length], search).toEqual([200, 1])
    }
    for (const query of ['sort_by[notes]=asc', 'filter_prefix[id]=1', 'q[unknown]=1'])
      expect((await ask('GET', `/users?${query}`)).status, query).toBe(400)
  })
})

describe('An inactive user', () => {
  it('is enabled by an admin who says so, and by no other change', async () => {
    const { ask, make, service, sessionOf, by, admin } = await open()
    const jane = await make()
    await ask('PATCH', '/site', { disable_users_from_inactivity_period_days: 30 })
    service.clock.advance(31 * DAY)
    const askAnew = by(await sessionOf('boss', admin.password))
    const saved = await askAnew('PATCH', `/users/${jane.id}`, { time_zone: 'Europe/Berlin' })
    expect(saved.status).toBe(200)
    expect(await sessionOf('jane', PASSWORD)).toBe(undefined)
    expect((await askAnew('PATCH', `/users/${jane.id}`, { disabled: false })).status).toBe(200)
    expect(await sessionOf('jane', PASSWORD)).toHaveLength(40)
    const before = (await events(service)).length
    await askAnew('PATCH', `/users/${jane.id}`, { disabled: false })
    expect((await events(service)).length).toBe(before)
  })
})

describe('The last admin', () => {
  it('cannot be removed, demoted or disabled, not even by two at the same time', async () => {
    const { ask, admin, make, by, sessionOf, service } = await open()
    const self = `/users/${admin.id}`
    for (const changes of [
      { site_admin: false },
      { disabled: true },
      { authentication_method: 'none' },
      { restapi_permission: false },
      { authenticate_until: '2027-01-31T12:00:00Z' },
    ])
      expect((await ask('PATCH', self, changes)).body.model_errors).toHaveProperty('base')
    expect((await ask('DELETE', self)).status).toBe(422)
    const elsewhere = await ask('PATCH', self, { allowed_ips: '198.51.100.1' })
    expect(Object.keys(elsewhere.body.model_errors)).toEqual(['allowed_ips'])
    await service.env.DB_US_EAST_1.prepare("UPDATE sites SET allowed_ips = '10.0.0.1'").run()
    await service.env.DB_US_EAST_1.prepare('UPDATE users SET bypass_site_allowed_ips = 1').run()
    const listed = await ask('PATCH', self, { bypass_site_allowed_ips: false })
    expect(Object.keys(listed.body.model_errors)).toEqual(['allowed_ips'])
    await service.env.DB_US_EAST_1.prepare("UPDATE sites SET allowed_ips = ''").run()
    // A user who cannot log in does not count as another admin.
    const invited = await make({
      username: 'invited',
      email: 'x@y.example',
      site_admin: true,
      password: undefined,
    })
    const looker = await make({ username: 'looker', site_admin: true, read_only: true })
    expect((await ask('PATCH', self, { site_admin: false })).status).toBe(422)
    for (const { id } of [invited, looker]) await ask('DELETE', `/users/${id}`)
    const jane = await make({ site_admin: true })
    const asJane = by(await sessionOf('jane', PASSWORD))
    const demote = { site_admin: false }
    const both = await Promise.all([
      ask('PATCH', `/users/${jane.id}`, demote),
      asJane('PATCH', self, demote),
    ])
    expect(both.filter(({ status }) => status === 200).length).toBe(1)
    const admins = 'SELECT count(*) AS n FROM users WHERE site_admin'
    expect(await service.env.DB_US_EAST_1.prepare(admins).first()).toEqual({ n: 1 })
  })
})
