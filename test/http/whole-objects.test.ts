import { describe, expect, it } from 'vitest'
import { API, SDK, Service } from '../support/service.ts'
import { siteWithAdmin } from '../support/site-with-admin.ts'

const INVALID = 'bad-request/request-params-invalid'
const PASSWORD = 'a quiet lamp by the window'
const okta = { provider: 'okta', subdomain: 'acme', client_id: 'id', client_secret: 'top-secret' }

/** As the Ruby SDK sends an object: null becomes an empty string. */
function asForm(object: object, within = ''): string {
  return Object.entries(object)
    .map(([key, value]) => {
      const name = within ? `${within}[${key}]` : key
      if (typeof value === 'object' && value !== null) return asForm(value, name)
      return `${encodeURIComponent(name)}=${encodeURIComponent(value ?? '')}`
    })
    .join('&')
}

async function open() {
  const service = new Service()
  const { site, session } = await siteWithAdmin(service, { domain: 'files.acme.example' })
  const by =
    (credential: Record<string, string>) =>
    (method: string, path: string, body?: Record<string, unknown> | string) =>
      service.ask(method, `${API}${path}`, {
        headers: {
          ...SDK,
          ...credential,
          ...(typeof body === 'string' && { 'Content-Type': 'application/x-www-form-urlencoded' }),
        },
        ...(body !== undefined && { body }),
      })
  const sessionOf = async (username: string, password: string) =>
    (await service.logIn({ username, password }, { headers: SDK })).body.id as string
  const ask = by({ 'X-FilesAPI-Auth': session })
  const jane = await service.createUser(site, { username: 'jane', email: 'jane@acme.example' })
  const key = (
    await ask('POST', '/api_keys', { name: 'backup', path: 'in/reports', platform: 'linux' })
  ).body as { id: number; key: string }
  const strategy = (await ask('POST', '/sso_strategies', okta)).body as { id: number }
  const events = async () =>
    (
      await service.env.DB_US_EAST_1.prepare(
        "SELECT event, changes FROM credential_events WHERE event LIKE '%changed'",
      ).all()
    ).results
  const paths: Record<string, string> = {
    'a user': `/users/${jane.id}`,
    oneself: '/users/0',
    'the site': '/site',
    'an API key': `/api_keys/${key.id}`,
    'a strategy': `/sso_strategies/${strategy.id}`,
    'the key in use': '/api_key',
  }
  const askAbout = (what: string) =>
    what === 'the key in use' ? by({ 'X-FilesAPI-Key': key.key }) : ask
  return { service, site, by, sessionOf, ask, askAbout, paths, key, jane, events }
}

const objects = ['a user', 'oneself', 'the site', 'an API key', 'a strategy', 'the key in use']

describe('A whole object sent back by an SDK’s save()', () => {
  it.each(objects)('changes nothing, as JSON and as a form: %s', async (what) => {
    const { askAbout, paths, events } = await open()
    const [ask, path] = [askAbout(what), paths[what] as string]
    const { body } = await ask('GET', path)
    const { last_use_at: _, ...shown } = body
    for (const sent of [body, asForm(body)]) {
      const saved = await ask('PATCH', path, sent)
      expect([saved.status, saved.body]).toMatchObject([200, shown])
    }
    expect(await events()).toEqual([])
  })

  it('may contain other values of read-only fields, which are ignored', async () => {
    const { ask, paths, events } = await open()
    const path = paths['a user'] as string
    const sent = { id: 5, created_at: '2020-01-01T00:00:00Z', type_of_2fa: 'totp' }
    const { status, body } = await ask('PATCH', path, sent)
    expect([status, body.type_of_2fa]).toEqual([200, ''])
    expect(await events()).toEqual([])
  })

  it('changes only the fields that differ', async () => {
    const { ask, paths, events } = await open()
    const { body } = await ask('GET', paths['a user'] as string)
    await ask('PATCH', paths['a user'] as string, asForm({ ...body, user_root: 'in' }))
    const recorded = (await events()) as { changes: string }[]
    expect(recorded.map(({ changes }) => JSON.parse(changes))).toEqual([{ user_root: ['', 'in'] }])
  })

  it('can be saved by users for themselves, with an error that names a field they cannot change', async () => {
    const { by, sessionOf, service, site } = await open()
    await service.createUser(site, { username: 'jo', email: 'jo@acme.example' })
    const ask = by({ 'X-FilesAPI-Auth': await sessionOf('jo', 'sessionuserpassword') })
    const { body: own } = await ask('GET', '/users/0')
    const saved = await ask('PATCH', '/users/0', asForm({ ...own, time_zone: 'Europe/Paris' }))
    expect([saved.status, saved.body.time_zone]).toEqual([200, 'Europe/Paris'])
    for (const [name, value] of [
      ['site_admin', true],
      ['email', 'other@acme.example'],
      ['require_2fa', 'never_require'],
      ['change_password', PASSWORD],
    ]) {
      const { status, body } = await ask('PATCH', '/users/0', { ...own, [name as string]: value })
      expect([status, body.type]).toEqual([
        403,
        'not-authorized/insufficient-permission-for-params',
      ])
      expect(body.error).toContain(`(${name})`)
    }
  })

  it.each([
    ['an API key', 'user_id', 7],
    ['an API key', 'platform', 'mac'],
    ['the key in use', 'platform', 'mac'],
    ['a strategy', 'provider', 'google'],
    ['a user', 'username', 'janet'],
  ])(
    'is refused with another value of a fixed field, by name: %s, %s',
    async (what, name, value) => {
      const { askAbout, paths } = await open()
      const refused = await askAbout(what)('PATCH', paths[what] as string, { [name]: value })
      expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([422, [name]])
    },
  )

  it('is refused by name when it would widen a key, and can narrow the key that authenticates', async () => {
    const { askAbout } = await open()
    const ask = askAbout('the key in use')
    for (const wider of [{ path: '' }, { path: 'in' }]) {
      const refused = await ask('PATCH', '/api_key', wider)
      expect([refused.status, refused.body.error]).toEqual([403, expect.stringContaining('(path)')])
    }
    const narrowed = await ask('PATCH', '/api_key', { permission_set: 'files_only' })
    expect([narrowed.status, narrowed.body.permission_set]).toEqual([200, 'files_only'])
    const again = await ask('PATCH', '/api_key', { permission_set: 'full' })
    expect([again.status, again.body.error]).toEqual([
      403,
      expect.stringContaining('(permission_set)'),
    ])
  })
})

describe('An unknown parameter', () => {
  const writes: [string, string, Record<string, unknown>][] = [
    ['POST', '/users', { username: 'new', password: PASSWORD }],
    ['PATCH', 'a user', { language: 'de' }],
    ['PATCH', 'oneself', { language: 'de' }],
    ['DELETE', 'a user', {}],
    ['PATCH', 'the site', { language: 'de' }],
    ['POST', '/api_keys', { name: 'narrow' }],
    ['PATCH', 'an API key', { name: 'renamed' }],
    ['PATCH', 'the key in use', { name: 'renamed' }],
    ['DELETE', 'the key in use', {}],
    ['DELETE', 'an API key', {}],
    ['POST', '/sso_strategies', { ...okta, label: 'Another' }],
    ['PATCH', 'a strategy', { label: 'Another' }],
    ['DELETE', 'a strategy', {}],
  ]

  it.each(writes)(
    'is refused by name, and nothing is written: %s %s',
    async (method, what, more) => {
      const { askAbout, paths, ask } = await open()
      const path = paths[what] ?? what
      for (const sent of [
        { ...more, nonsense: 1 },
        { ...more, wat: { deep: 1 } },
        asForm({ ...more, x_y: '' }),
      ]) {
        const name = typeof sent === 'string' ? 'x_y' : (Object.keys(sent).at(-1) as string)
        const { status, body } = await askAbout(what)(method, path, sent)
        expect([status, body.type, body.error]).toEqual([
          400,
          INVALID,
          expect.stringContaining(name),
        ])
      }
      expect((await ask('GET', '/users')).body).toHaveLength(2)
      expect((await ask('GET', '/api_keys')).body).toMatchObject([{ name: 'backup' }])
      expect((await ask('GET', '/sso_strategies')).body).toMatchObject([{ label: 'Okta' }])
      expect((await ask('GET', '/site')).body).toMatchObject({ language: null })
    },
  )

  it('is ignored at login, at logout and on 2FA methods', async () => {
    const { by, service } = await open()
    const login = { username: 'boss', password: 'sessionuserpassword', app_version: '9' }
    const { status, body } = await service.logIn(login, { headers: SDK })
    expect(status).toBe(201)
    const ask = by({ 'X-FilesAPI-Auth': body.id })
    expect((await ask('POST', '/2fa', { method_type: 'totp', nonsense: 1 })).status).toBe(201)
    expect((await ask('DELETE', '/sessions', { nonsense: 1 })).status).toBe(204)
  })
})
