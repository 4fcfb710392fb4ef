import { describe, expect, it } from 'vitest'
import { keptFields } from '../../src/users/kept-fields.ts'
import { API, SDK, Service } from '../support/service.ts'
import { siteWithAdmin } from '../support/site-with-admin.ts'

const PASSWORD = 'a quiet lamp by the window'
const TOKEN = 'c2Z0cC1ldS1iZWFycy10aGlzLXRva2VuLW9mLTMyLWJ5dGVz'
const GO = { 'User-Agent': 'Files.com Go SDK 3.3.234' }

async function open() {
  const service = new Service()
  const { site, session: ofBoss } = await siteWithAdmin(service)
  const sessionOf = async (username: string, password: string, headers = SDK) =>
    (await service.logIn({ username, password }, { headers })).body.id as string
  const by =
    (session: string) => (method: string, path: string, body?: Record<string, unknown> | string) =>
      service.ask(method, `${API}${path}`, {
        headers: { ...GO, 'X-FilesAPI-Auth': session },
        ...(body !== undefined && { body }),
      })
  const ask = by(ofBoss)
  const make = async (more: Record<string, unknown> = {}) => {
    const sent = { username: 'jane', password: PASSWORD, self_managed: false, ...more }
    const { status, body } = await ask('POST', '/users', sent)
    expect([status, body.error]).toEqual([201, undefined])
    return body
  }
  return { service, site, ask, by, sessionOf, make }
}

/** Of each field that is kept, something that a client may send. */
const kept = {
  name: 'Jane Doe',
  company: 'Acme',
  notes: 'In the office\non Mondays',
  header_text: 'Welcome',
  tags: 'staff,night-shift',
  grant_permission: 'read+write',
  filesystem_layout: 'user_root',
  user_home: 'in/jane',
  primary_group_id: 12,
  default_workspace_id: 3,
  notification_daily_send_time: 18,
  attachments_permission: true,
  office_integration_enabled: false,
  receive_admin_alerts: false,
  notify_on_all_site_warnings: true,
  notify_on_all_sso_failures: true,
  notify_on_all_user_security_events: true,
  notify_on_all_pending_work_failures: true,
  notify_on_all_siem_http_destination_failures: true,
  notify_on_all_sync_failures: true,
  notify_on_all_automation_failures: true,
  notify_on_all_expectation_failures: false,
  skip_welcome_screen: true,
  announcements_read: true,
  subscribe_to_newsletter: false,
}

describe('A field of a user for other services', () => {
  it('is stored and returned as it was sent, for every field', async () => {
    expect(Object.keys(kept)).toEqual(Object.keys(keptFields))
    const { ask, make } = await open()
    const { id } = await make(kept)
    expect((await ask('GET', `/users/${id}`)).body).toMatchObject(kept)
    const plain = await make({ username: 'plain' })
    expect(plain.name).toBeNull()
    for (const [name, value] of Object.entries(kept)) {
      const changed = await ask('PATCH', `/users/${plain.id}`, { [name]: value })
      expect([name, changed.status, changed.body[name]]).toEqual([name, 200, value])
    }
    expect((await ask('GET', `/users/${plain.id}`)).body).toMatchObject(kept)
  })

  it('can be emptied, is recorded in the history, and needs no recent authentication', async () => {
    const { service, ask, make } = await open()
    const { id } = await make({ name: 'Jane Doe', notes: 'x' })
    service.clock.advance(11 * 60_000)
    const changed = await ask('PATCH', `/users/${id}`, { name: '', tags: 'a' })
    expect([changed.status, changed.body.name, changed.body.notes]).toEqual([200, '', 'x'])
    const { body: history } = await ask('GET', '/history/changes')
    const { changes } = history.find((one: { event: string }) => one.event === 'user_changed')
    expect(changes).toEqual({ name: ['Jane Doe', ''], tags: [null, 'a'] })
  })

  it('keeps both of two simultaneous changes', async () => {
    const { ask, make } = await open()
    const { id } = await make()
    const sent = Object.entries(kept).map(([name, value]) => ({ [name]: value }))
    await Promise.all(sent.map((one) => ask('PATCH', `/users/${id}`, one)))
    expect((await ask('GET', `/users/${id}`)).body).toMatchObject(kept)
  })

  it.each([
    ['name', 'x'.repeat(257)],
    ['name', 'a\u202eb'],
    ['notes', 'x'.repeat(4_097)],
    ['notification_daily_send_time', 24],
    ['primary_group_id', 1.5],
    ['skip_welcome_screen', 'maybe'],
  ])('is refused by name if its value is invalid: %s', async (name, value) => {
    const { ask, make } = await open()
    const { status, body } = await ask('PATCH', `/users/${(await make()).id}`, { [name]: value })
    expect([status, body.error]).toEqual([400, expect.stringContaining(name)])
  })
})

describe('A protocol permission', () => {
  it.each(['ftp', 'sftp', 'dav', 'restapi'])(
    'is in the session, and decides at introspection: %s',
    async (protocol) => {
      const { service: asked, ask, make, sessionOf } = await open()
      const service = new Service(
        { SERVICE_CREDENTIALS: JSON.stringify({ frontend: TOKEN }) },
        asked.clock,
      )
      const permission = `${protocol}_permission`
      const { id } = await make()
      const introspect = async (credential: string, more = {}) =>
        (
          await service.ask('POST', `${API}/introspect`, {
            headers: { 'X-Latchkey-Service': TOKEN },
            body: { token: credential, ...more },
          })
        ).body
      const session = await sessionOf('jane', PASSWORD)
      const asJane = { headers: { ...SDK, 'X-FilesAPI-Auth': session } }
      const { body: key } = await service.ask('POST', `${API}/api_keys`, {
        ...asJane,
        body: { name: 'backup' },
      })
      for (const credential of [session, key.key])
        expect(await introspect(credential, { protocol })).toMatchObject({
          active: true,
          [permission]: true,
        })
      expect((await ask('PATCH', `/users/${id}`, { [permission]: false })).status).toBe(200)
      for (const credential of [session, key.key]) {
        const answer = await introspect(credential)
        expect(answer).toMatchObject({ active: true, [permission]: false })
        if (answer.session) expect(answer.session[permission]).toBe(false)
        expect(await introspect(credential, { protocol })).toEqual({ active: false })
        const another = protocol === 'ftp' ? 'sftp' : 'ftp'
        expect(await introspect(credential, { protocol: another })).toMatchObject({ active: true })
      }
      const { status } = await service.ask('GET', `${API}/site`, asJane)
      expect(status).toBe(protocol === 'restapi' ? 401 : 200)
    },
  )
})

describe('A read-only site admin', () => {
  it('sees what a site admin sees and changes nothing of it', async () => {
    const { ask, by, sessionOf, make } = await open()
    const { id } = await make({ username: 'auditor', readonly_site_admin: true })
    const jane = await make()
    const asAuditor = by(await sessionOf('auditor', PASSWORD))
    await make({ username: 'jo' })
    const asJo = by(await sessionOf('jo', PASSWORD))
    const asJane = by(await sessionOf('jane', PASSWORD))
    const { body: key } = await asJane('POST', '/api_keys', { name: 'hers' })
    const readable = [
      '/users',
      `/users/${jane.id}`,
      `/api_keys?user_id=${jane.id}`,
      `/api_keys/${key.id}`,
      '/sso_strategies',
      '/history/login',
      '/history/changes',
    ]
    for (const path of readable) {
      expect([path, (await asAuditor('GET', path)).status]).toEqual([path, 200])
      expect((await asJo('GET', path)).status, path).toSatisfy(
        (status: number) => status === 403 || status === 404,
      )
    }
    for (const [method, path, body] of [
      ['POST', '/users', { username: 'new', password: PASSWORD }],
      ['PATCH', `/users/${jane.id}`, { name: 'x' }],
      ['PATCH', `/users/${id}`, { site_admin: true }],
      ['DELETE', `/users/${jane.id}`, undefined],
      ['POST', `/users/${jane.id}/unlock`, undefined],
      ['PATCH', '/site', { name: 'x' }],
      ['POST', '/api_keys', { name: 'x', user_id: jane.id }],
      ['PATCH', `/api_keys/${key.id}`, { name: 'x' }],
      ['DELETE', `/api_keys/${key.id}`, undefined],
      ['POST', '/sso_strategies', { provider: 'google', client_id: 'i', client_secret: 's' }],
    ] as const)
      expect([method, path, (await asAuditor(method, path, body)).status]).toEqual([
        method,
        path,
        expect.toSatisfy((status: number) => status === 403 || status === 404),
      ])
    await ask('PATCH', `/users/${id}`, { readonly_site_admin: false })
    expect((await asAuditor('GET', '/users')).status).toBe(403)
  })

  it('cannot be created by an API key', async () => {
    const { ask, service, make } = await open()
    const { body: key } = await ask('POST', '/api_keys', { name: 'terraform' })
    const byKey = (method: string, path: string, body: Record<string, unknown>) =>
      service.ask(method, `${API}${path}`, { headers: { 'X-FilesAPI-Key': key.key }, body })
    const { id } = await make()
    for (const [method, path] of [
      ['POST', '/users'],
      ['PATCH', `/users/${id}`],
    ] as const) {
      const body = {
        readonly_site_admin: true,
        ...(method === 'POST' && { username: 'a', password: PASSWORD }),
      }
      const refused = await byKey(method, path, body)
      expect([refused.status, refused.body.error]).toEqual([
        403,
        expect.stringContaining('(readonly_site_admin)'),
      ])
    }
  })
})

describe('The fields of 2026 in a user object', () => {
  it('show actual state: logins by interface, 2FA methods, password and access', async () => {
    const { service, ask, make, sessionOf } = await open()
    const sftp = new Service(
      { SERVICE_CREDENTIALS: JSON.stringify({ 'sftp-eu': TOKEN }) },
      service.clock,
    )
    const { id } = await make({
      self_managed: true,
      password_validity_days: 10,
      require_password_change: false,
    })
    const seen = async () => (await ask('GET', `/users/${id}`)).body
    expect(await seen()).toMatchObject({
      ...{ last_login_at: null, last_restapi_login_at: null, last_sftp_login_at: null },
      ...{ active_2fa: false, type_of_2fa_for_display: '', externally_managed: false },
      ...{ password_expired: false, days_remaining_until_password_expire: 10 },
      disabled_expired_or_inactive: false,
    })
    await sessionOf('jane', PASSWORD)
    const first = new Date(service.clock()).toISOString()
    service.clock.advance(60_000)
    const login = await sftp.ask('POST', `${API}/sessions`, {
      headers: { ...GO, 'X-Latchkey-Service': TOKEN },
      body: { username: 'jane', password: PASSWORD },
    })
    expect(login.status).toBe(201)
    const second = new Date(service.clock()).toISOString()
    const after = await seen()
    expect(after).toMatchObject({
      ...{ last_login_at: second, last_sftp_login_at: second, last_restapi_login_at: first },
      ...{ last_web_login_at: null, last_ftp_login_at: null },
    })
    await ask('PATCH', `/users/${id}`, { disabled: true })
    expect((await seen()).disabled_expired_or_inactive).toBe(true)
    service.clock.advance(10 * 86_400_000)
    const asAdmin = await sessionOf('boss', 'sessionuserpassword')
    const late = await service.ask('GET', `${API}/users/${id}`, {
      headers: { ...GO, 'X-FilesAPI-Auth': asAdmin },
    })
    expect(late.body).toMatchObject({
      password_expired: true,
      days_remaining_until_password_expire: 0,
    })
  })
})

describe('authentication_method', () => {
  it('invites a new user by mail with email_signup, who then logs in by password', async () => {
    const { service, ask } = await open()
    const sent = { username: 'jo', email: 'jo@acme.example', authentication_method: 'email_signup' }
    const { status, body } = await ask('POST', '/users', sent)
    expect([status, body.authentication_method]).toEqual([201, 'email_signup'])
    expect(service.mails.map(({ to }) => to)).toEqual(['jo@acme.example'])
    const [, code] = /[?&#]code=([\w-]+)/.exec(service.mails[0]?.text ?? '') ?? []
    const reset = { code, password: PASSWORD }
    expect(
      (await service.ask('POST', `${API}/sessions/forgot/reset`, { body: reset })).status,
    ).toBe(204)
    const found = await ask('GET', `/users/${body.id}`)
    expect(found.body.authentication_method).toBe('password')
  })

  it.each(['MD5', 'SHA-1', 'SHA-256'])(
    'accepts a hash with password_with_imported_hash, and becomes password at the first login: %s',
    async (method) => {
      const { service, ask, sessionOf } = await open()
      const digest = await crypto.subtle.digest(method, new TextEncoder().encode(PASSWORD))
      const hex = [...new Uint8Array(digest)].map((one) => one.toString(16).padStart(2, '0'))
      const { status, body } = await ask('POST', '/users', {
        username: 'jo',
        authentication_method: 'password_with_imported_hash',
        imported_password_hash: hex.join(''),
      })
      expect([status, body.authentication_method]).toEqual([201, 'password_with_imported_hash'])
      expect(await sessionOf('jo', PASSWORD)).toBeDefined()
      const found = await ask('GET', `/users/${body.id}`)
      expect(found.body.authentication_method).toBe('password')
      expect(service.mails).toEqual([])
    },
  )

  it.each([
    [{ authentication_method: 'email_signup' }, 'email'],
    [
      { authentication_method: 'email_signup', email: 'j@a.example', password: PASSWORD },
      'password',
    ],
    [
      { authentication_method: 'password_with_imported_hash', password: PASSWORD },
      'imported_password_hash',
    ],
  ])('is refused with parameters that do not fit it: %j', async (more, name) => {
    const { ask } = await open()
    const { status, body } = await ask('POST', '/users', { username: 'jo', ...more })
    expect([status, body.error]).toEqual([400, expect.stringContaining(name)])
  })

  it('cannot be changed to a value that only new users can have', async () => {
    const { ask, make } = await open()
    const { id } = await make()
    const refused = await ask('PATCH', `/users/${id}`, { authentication_method: 'email_signup' })
    expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([
      422,
      ['authentication_method'],
    ])
  })
})
