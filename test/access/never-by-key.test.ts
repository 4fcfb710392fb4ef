import { describe, expect, it } from 'vitest'
import type { neverByKey } from '../../src/access/never-by-key.ts'
import { DAY, HOUR } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { interposed } from '../support/interposed-database.ts'
import { remembered } from '../support/remembered.ts'
import { API, SDK, Service } from '../support/service.ts'
import { TestBrowser } from '../support/test-browser.ts'

const PASSWORD = 'a quiet lamp by the window'
const NEVER = 'not-authorized/insufficient-permission-for-params'
const okta = { provider: 'okta', subdomain: 'acme', client_id: 'id', client_secret: 'top-secret' }

type Fields = Record<string, unknown>

const withPeople = remembered(async (service) => {
  const site = await service.createSite()
  const create = async (username: string, siteAdmin = false) =>
    (await service.createUser(site, { username, siteAdmin, email: `${username}@a.example` })).id
  const ids = { boss: await create('boss', true), chief: await create('chief', true) }
  const all = { ...ids, jane: await create('jane') }
  const right = { username: 'boss', password: 'sessionuserpassword' }
  const { body } = await service.logIn(right, { headers: SDK })
  return { site, ids: all, session: String(body.id) }
})

/** A site with two admins and two users, and an API key of one admin. */
async function open(more: Fields = {}) {
  const service = new Service()
  const { site, ids: people, session } = await withPeople(service)
  const sessionOf = async (username: string, password = 'sessionuserpassword') => {
    const { body } = await service.logIn({ username, password }, { headers: SDK })
    return askBy({ ...SDK, 'X-FilesAPI-Auth': body.id })
  }
  const askBy =
    (credential: Record<string, string>) => (method: string, path: string, body?: Fields) => {
      const headers = { ...credential, 'CF-Connecting-IP': '192.0.2.7' }
      return service.ask(method, `${API}${path}`, { headers, ...(body && { body }) })
    }
  const bySession = askBy({ ...SDK, 'X-FilesAPI-Auth': session })
  const made = await bySession('POST', '/api_keys', { name: 'automation', ...more })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  const byText = (key: string) => askBy({ 'X-FilesAPI-Key': key })
  const byKey = byText(made.body.key)
  /** Creates a key of another user, as that user. */
  const keyOf = async (username: string, what: Fields = {}) => {
    const ask = await sessionOf(username)
    return (await ask('POST', '/api_keys', { name: 'own', ...what })).body
  }
  const ids = { ...people, key: made.body.id as number }
  return { service, site, ids, key: made.body, byKey, byText, bySession, sessionOf, keyOf }
}

const at = (service: Service, ms: number) => new Date(service.clock() + ms).toISOString()

/** Tests each line of the table under its own name, so that a line without a test does not compile. */
type Line = keyof typeof neverByKey
const tests: Record<Line, () => void> = {
  'create or promote admins': () => {
    it.each<[string, string, Fields]>([
      ['POST', '/users', { username: 'x', password: PASSWORD, site_admin: true }],
      ['POST', '/users', { username: 'x', email: 'x@a.example', site_admin: true }],
      ['PATCH', '/users/:jane', { site_admin: true }],
      ['PATCH', '/users/:jane', { language: 'de', site_admin: true }],
    ])('%s %s %o', async (method, path, body) => {
      const { byKey, ids } = await open()
      const refused = await byKey(method, path.replace(':jane', String(ids.jane)), body)
      expect([refused.status, refused.body.type]).toEqual([403, NEVER])
      expect(refused.body.error).toContain('site_admin')
      expect(await count("users WHERE username = 'x' OR (username = 'jane' AND site_admin)")).toBe(
        0,
      )
    })
  },

  'change the access of an admin or of its owner': () => {
    const changes: Fields[] = [
      { change_password: PASSWORD },
      { password: PASSWORD },
      { email: 'x@b.example' },
      { require_2fa: 'never_require' },
      { require_2fa: 'use_system_setting' },
      { authentication_method: 'none' },
      { self_managed: false },
      { allowed_ips: '0.0.0.0/0' },
      { bypass_site_allowed_ips: true },
      { disabled: false },
      { restapi_permission: false },
      { read_only: true },
      { require_password_change: false },
      { authenticate_until: '2100-01-01T00:00:00Z' },
      { site_admin: false },
    ]
    it.each(changes.flatMap((body) => ['chief', 'boss'].map((who) => [who, body] as const)))(
      'PATCH /users of %s %o',
      async (who, body) => {
        const { byKey, ids } = await open()
        await env.DB_US_EAST_1.prepare(
          `UPDATE users SET require_2fa = 'always_require', require_password_change = 1,
           type_of_2fa = 'totp', disabled = ? WHERE username = 'chief'`,
        )
          .bind('disabled' in body ? 1 : 0)
          .run()
        const before = await dump('users')
        const id = ids[who as 'boss' | 'chief']
        for (const path of who === 'boss' ? [`/users/${id}`, '/users/0'] : [`/users/${id}`]) {
          const answer = await byKey('PATCH', path, body)
          const isSame = answer.status === 200 && (await dump('users')) === before
          // A change to the present value is allowed.
          expect(isSame || answer.body.type === NEVER, JSON.stringify(answer.body)).toBe(true)
        }
        expect(await dump('users')).toBe(before)
      },
    )

    it.each([
      ['DELETE', ''],
      ['POST', '/unlock'],
      ['POST', '/resend_welcome_email'],
      ['POST', '/2fa/reset'],
    ])('%s /users/:id%s', async (method, what) => {
      const { byKey, ids } = await open()
      for (const id of [ids.chief, ids.boss])
        expect((await byKey(method, `/users/${id}${what}`)).body.type).toBe(NEVER)
      const done = await byKey(method, `/users/${ids.jane}${what}`)
      expect(done.status, JSON.stringify(done.body)).toBe(204)
    })

    it('even with the owner’s password', async () => {
      const { service, key, ids } = await open()
      for (const proof of ['password:sessionuserpassword', 'sessionuserpassword', 'password:x']) {
        const headers = { 'X-FilesAPI-Key': key.key, 'X-Files-Reauthentication': proof }
        const body = { change_password: PASSWORD }
        const { body: refused } = await service.ask('PATCH', `${API}/users/${ids.boss}`, {
          headers,
          body,
        })
        expect(refused.type).toBe(NEVER)
      }
      expect(await count('login_failures')).toBe(0)
    })

    it('on the pages for password, 2FA and paired apps', async () => {
      const { service, key } = await open()
      const host = 'mysite.localhost'
      const headers = { 'X-FilesAPI-Key': key.key, Accept: 'text/html' }
      const password = 'sessionuserpassword'
      const before = await dump('users')
      const post = (path: string, body: Fields) =>
        service.ask('POST', path, { headers, host, body })
      const again = { new_password: PASSWORD, new_password_again: PASSWORD }
      expect(
        (await post('/account/password', { present_password: password, ...again })).status,
      ).toBe(403)
      expect((await post('/account/2fa/app', { proof: password })).status).toBe(403)
      const browser = new TestBrowser(service)
      const link = `http://${host}/login_from_desktop?pairing_key=a1B2c3D4`
      const opened = await browser.open(link)
      expect(opened.status).toBe(303)
      const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      const shown = { pairing_key: 'a1B2c3D4', platform: '', computer: '', networks: '' }
      const paired = await service.ask('POST', '/pairing/approve', {
        host,
        headers: { ...headers, Cookie: cookie },
        body: { ...shown, password, sure: true },
      })
      expect(paired.status).toBe(403)
      expect(await count('pairing_approvals')).toBe(0)
      expect(await dump('users')).toBe(before)
    })

    it('by unlinking an identity provider, except from users', async () => {
      const { byKey, bySession, ids, site } = await open()
      const { body: strategy } = await bySession('POST', '/sso_strategies', okta)
      for (const [id, userId] of [
        [1, ids.boss],
        [2, ids.chief],
        [3, ids.jane],
      ] as const)
        await env.DB_US_EAST_1.prepare(
          `INSERT INTO sso_identities (id, site_id, user_id, strategy_id, issuer, subject,
            created_at, last_used_at) VALUES (?, ?, ?, ?, 'https://acme.okta.com', ?, 0, 0)`,
        )
          .bind(id, site.id, userId, strategy.id, `person ${id}`)
          .run()
      const remove = async (id: number) => (await byKey('DELETE', `/sso_identities/${id}`)).status
      expect([await remove(1), await remove(2), await remove(3)]).toEqual([403, 403, 204])
    })
  },

  'create, change or delete keys of other admins': () => {
    it('by POST, PATCH and DELETE, except its owner’s and those of users', async () => {
      const { byKey, ids, keyOf } = await open()
      const [chiefs, janes] = [await keyOf('chief'), await keyOf('jane')]
      const made = await byKey('POST', '/api_keys', { name: 'x', user_id: ids.chief })
      expect(made.body.type).toBe(NEVER)
      for (const [method, body] of [
        ['PATCH', { name: 'x' }],
        ['PATCH', { permission_set: 'none' }],
        ['DELETE', undefined],
      ] as const)
        expect((await byKey(method, `/api_keys/${chiefs.id}`, body)).body.type).toBe(NEVER)
      expect(await count('api_keys WHERE user_id = ?', ids.chief)).toBe(1)
      expect((await byKey('POST', '/api_keys', { name: 'x', user_id: ids.jane })).status).toBe(201)
      const renamed = await byKey('PATCH', `/api_keys/${janes.id}`, { name: 'x' })
      expect([renamed.status, renamed.body.name]).toEqual([200, 'x'])
      expect((await byKey('DELETE', `/api_keys/${janes.id}`)).status).toBe(204)
    })
  },

  'create a key with more access than its own, or give itself more': () => {
    it('with a later expiry or none', async () => {
      const soon = { expires_at: '2027-01-01T00:00:00.000Z' }
      const { service, byKey, bySession, ids, key } = await open(soon)
      const later = at(service, 400 * DAY)
      const { body: lasting } = await bySession('POST', '/api_keys', { name: 'lasting' })
      for (const user of [{}, { user_id: ids.jane }, { user_id: ids.boss }])
        for (const expiry of [{}, { expires_at: '' }, { expires_at: later }]) {
          const refused = await byKey('POST', '/api_keys', { name: 'x', ...user, ...expiry })
          expect([refused.status, refused.body.type]).toEqual([403, NEVER])
          expect(refused.body.error).toContain('expires_at')
        }
      const made = await byKey('POST', '/api_keys', { name: 'x', ...soon })
      expect(made.body).toMatchObject(soon)
      for (const path of [`/api_keys/${made.body.id}`, `/api_keys/${key.id}`, '/api_key'])
        for (const expires_at of [later, ...(path === '/api_key' ? [] : [''])])
          expect((await byKey('PATCH', path, { expires_at })).body.type, path).toBe(NEVER)
      // An existing key with a wider reach can still be changed in other ways.
      expect((await byKey('PATCH', `/api_keys/${lasting.id}`, { name: 'y' })).status).toBe(200)
      const shortened = { expires_at: at(service, HOUR) }
      expect((await byKey('PATCH', `/api_keys/${lasting.id}`, shortened)).status).toBe(200)
      expect((await byKey('PATCH', '/api_key', shortened)).status).toBe(200)
    })

    it('with another path, a parent path or none', async () => {
      const { byKey, bySession } = await open({ path: '/projects/2027/' })
      const { body: whole } = await bySession('POST', '/api_keys', { name: 'whole' })
      for (const path of ['projects', 'projects/20271', 'Projects/2027', 'other', '/', '']) {
        const refused = await byKey('POST', '/api_keys', { name: 'x', path })
        expect([path, refused.body.type]).toEqual([path, NEVER])
      }
      for (const path of ['projects/2027/../..', 'projects/2027/.', 'projects/2027\\..\\x']) {
        const refused = await byKey('POST', '/api_keys', { name: 'x', path })
        expect(refused.body.model_errors, path).toHaveProperty('path')
      }
      const made = await byKey('POST', '/api_keys', { name: 'x', path: 'projects/2027/a' })
      expect(made.body).toMatchObject({ path: 'projects/2027/a' })
      for (const path of ['', 'projects', 'projects/2028'])
        expect((await byKey('PATCH', `/api_keys/${made.body.id}`, { path })).body.type).toBe(NEVER)
      expect((await byKey('PATCH', `/api_keys/${whole.id}`, { path: 'x' })).body.type).toBe(NEVER)
    })

    it('with a permission set other than full, which cannot create keys at all', async () => {
      const { bySession, byText } = await open()
      for (const permission_set of [
        ...['desktop_app', 'files_only', 'none', 'mobile_app', 'sync_app', 'office_integration'],
      ]) {
        const { body: key } = await bySession('POST', '/api_keys', { name: 'x', permission_set })
        expect(key.permission_set).toBe(permission_set)
        const byKey = byText(key.key)
        const make = await byKey('POST', '/api_keys', { name: 'x', permission_set: 'none' })
        const widen = await byKey('PATCH', `/api_keys/${key.id}`, { permission_set: 'full' })
        expect([make.status, widen.status]).toEqual([403, 403])
      }
      const { body: key } = await bySession('POST', '/api_keys', { name: 'x' })
      const change = (permission_set: string) =>
        byText(key.key)('PATCH', `/api_keys/${key.id}`, { permission_set })
      expect((await change('files_only')).body.permission_set).toBe('files_only')
      expect((await change('full')).status).toBe(403)
    })
  },

  'change the site settings that limit it, or exempt users from them': () => {
    const bounds: Fields = {
      api_keys_manage_credentials: false,
      require_2fa: true,
      require_2fa_user_type: 'site_admins',
      require_2fa_stop_time: '2100-01-01T00:00:00Z',
      allowed_2fa_method_sms: false,
      allowed_2fa_method_totp: false,
      allowed_2fa_method_u2f: false,
      allowed_2fa_method_yubi: false,
      domain: 'files.acme.example',
      subdomain: 'other',
    }
    it.each(Object.entries(bounds))('PATCH /site %s', async (name, value) => {
      const { byKey } = await open()
      const before = await dump('sites')
      for (const body of [{ [name]: value }, { [name]: value, session_expiry: 12 }]) {
        const refused = await byKey('PATCH', '/site', body)
        expect([refused.status, refused.body.type]).toEqual([403, NEVER])
        expect(refused.body.error).toContain(name)
      }
      expect(await dump('sites')).toBe(before)
    })

    it('by allowed IP addresses, domains or identity providers', async () => {
      const { byKey, bySession } = await open()
      await env.DB_US_EAST_1.prepare("UPDATE sites SET domain = 'files.acme.example'").run()
      const { body: strategy } = await bySession('POST', '/sso_strategies', okta)
      const one = `/sso_strategies/${strategy.id}`
      for (const [method, path, body] of [
        ['PATCH', '/site', { domain: '' }],
        ['POST', '/site/verify_domain', {}],
        ['POST', '/sso_strategies', { ...okta, label: 'other' }],
        ['PATCH', one, { email_domains: 'a.example' }],
        ['PATCH', one, { enabled: false }],
        ['DELETE', one, undefined],
      ] as const)
        expect((await byKey(method, path, body)).body.type, `${method} ${path}`).toBe(NEVER)
      await env.DB_US_EAST_1.prepare("UPDATE sites SET allowed_ips = '::/0'").run()
      await env.DB_US_EAST_1.prepare('UPDATE users SET bypass_site_allowed_ips = 1').run()
      expect((await byKey('PATCH', '/site', { allowed_ips: '' })).body.type).toBe(NEVER)
    })

    it('by a user’s settings', async () => {
      const { byKey, ids } = await open()
      for (const exemption of [
        { require_2fa: 'never_require' },
        { bypass_site_allowed_ips: true },
      ]) {
        const made = await byKey('POST', '/users', {
          username: 'x',
          password: PASSWORD,
          ...exemption,
        })
        const changed = await byKey('PATCH', `/users/${ids.jane}`, exemption)
        expect([made.body.type, changed.body.type]).toEqual([NEVER, NEVER])
      }
      const stricter = await byKey('PATCH', `/users/${ids.jane}`, { require_2fa: 'always_require' })
      expect(stricter.status).toBe(200)
    })
  },

  'manage anything except itself if the site forbids it': () => {
    it('such as keys, users or settings', async () => {
      const { byKey, bySession, ids } = await open()
      const { body: other } = await bySession('POST', '/api_keys', { name: 'other' })
      const off = { api_keys_manage_credentials: false }
      expect((await bySession('PATCH', '/site', off)).body).toMatchObject(off)
      for (const [method, path, body] of [
        ['POST', '/api_keys', { name: 'x' }],
        ['PATCH', `/api_keys/${other.id}`, { name: 'x' }],
        ['DELETE', `/api_keys/${other.id}`, undefined],
        ['POST', '/users', { username: 'x', password: PASSWORD }],
        ['PATCH', `/users/${ids.jane}`, { user_root: 'home' }],
        ['DELETE', `/users/${ids.jane}`, undefined],
        ['POST', `/users/${ids.jane}/2fa/reset`, undefined],
        ['PATCH', '/site', { session_expiry: 12 }],
        ['PATCH', '/site', { name: 'Acme' }],
        ['PATCH', '/site', { api_keys_manage_credentials: true }],
      ] as const) {
        const refused = await byKey(method, path, body)
        expect([method, path, refused.status]).toEqual([method, path, 403])
        expect(refused.body.error).toContain('api_keys_manage_credentials')
      }
      expect((await byKey('GET', '/users')).status).toBe(200)
      expect((await byKey('PATCH', '/api_key', { name: 'still mine' })).status).toBe(200)
      expect((await byKey('DELETE', '/api_key')).status).toBe(204)
    })
  },

  'manage anything but keys of its owner within its path or workspace, where it has one': () => {
    it('such as users, settings or other keys', async () => {
      const { byKey, bySession, ids, keyOf } = await open({ path: 'projects' })
      const { body: whole } = await bySession('POST', '/api_keys', { name: 'whole' })
      const { body: inside } = await bySession('POST', '/api_keys', {
        name: 'y',
        path: 'projects/a',
      })
      const janes = await keyOf('jane', { path: 'projects/a' })
      for (const [method, path, body] of [
        ['POST', '/users', { username: 'x', password: PASSWORD }],
        ['PATCH', `/users/${ids.jane}`, { user_root: '' }],
        ['PATCH', `/users/${ids.jane}`, { change_password: PASSWORD }],
        ['DELETE', `/users/${ids.jane}`, undefined],
        ['PATCH', '/site', { session_expiry: 12 }],
        ['POST', '/api_keys', { name: 'x', user_id: ids.jane, path: 'projects/a' }],
        ['PATCH', `/api_keys/${whole.id}`, { name: 'x' }],
        ['DELETE', `/api_keys/${whole.id}`, undefined],
        ['DELETE', `/api_keys/${janes.id}`, undefined],
      ] as const) {
        const refused = await byKey(method, path, body)
        expect([method, path, refused.body.type]).toEqual([method, path, NEVER])
      }
      expect((await byKey('DELETE', `/api_keys/${inside.id}`)).status).toBe(204)
    })
  },

  'manage anything except itself unless its permission set is full': () => {
    it.each(['files_only', 'none', 'mobile_app', 'sync_app', 'office_integration'])(
      '%s',
      async (permission_set) => {
        const { byKey, ids } = await open({ permission_set })
        for (const [method, path, body] of [
          ['GET', '/users', undefined],
          ['POST', '/users', { username: 'x', password: PASSWORD }],
          ['PATCH', `/users/${ids.jane}`, { change_password: PASSWORD }],
          ['PATCH', '/site', { session_expiry: 12 }],
          ['GET', '/api_keys', undefined],
          ['DELETE', `/api_keys/${ids.key}`, undefined],
        ] as const) {
          const refused = await byKey(method, path, body)
          expect([method, path, refused.body.type]).toEqual([method, path, NEVER])
        }
        expect((await byKey('GET', '/site')).status).toBe(200)
        expect((await byKey('PATCH', '/api_key', { name: 'renamed' })).status).toBe(200)
        expect((await byKey('DELETE', '/api_key')).status).toBe(204)
      },
    )
  },
}

describe('An API key does not', () => {
  for (const [line, test] of Object.entries(tests)) describe(line, test)
})

describe('A full API key of an admin', () => {
  it('creates, changes and deletes keys, users and settings, as Terraform and the CLI do', async () => {
    const { byKey, bySession, ids, byText } = await open()
    const user = { username: 'made', password: PASSWORD, self_managed: false, user_root: 'home' }
    const { status, body: made } = await byKey('POST', '/users', user)
    expect([status, made.user_root]).toEqual([201, 'home'])
    const changes = { email: 'made@a.example', change_password: 'another quiet lamp by it' }
    expect((await byKey('PATCH', `/users/${made.id}`, changes)).status).toBe(200)
    const { body: key } = await byKey('POST', '/api_keys', {
      name: 'sync',
      user_id: made.id,
      permission_set: 'files_only',
      path: 'home',
    })
    expect(key).toMatchObject({ user_id: made.id, permission_set: 'files_only', path: 'home' })
    expect((await byText(key.key)('GET', '/site')).body.user.username).toBe('made')
    expect((await byKey('PATCH', `/api_keys/${key.id}`, { name: 'other' })).status).toBe(200)
    expect((await byKey('DELETE', `/api_keys/${key.id}`)).status).toBe(204)
    expect((await byKey('PATCH', '/site', { session_expiry: 12 })).body.session_expiry).toBe(12)
    expect((await byKey('PATCH', `/users/${ids.jane}`, { disabled: true })).status).toBe(200)
    expect((await byKey('DELETE', `/users/${made.id}`)).status).toBe(204)
    const { body: changed } = await bySession('GET', '/history/changes')
    const kinds = changed.map(({ event }: { event: string }) => event)
    expect(kinds).toEqual(
      expect.arrayContaining(['user_created', 'api_key_created', 'site_changed']),
    )
  })

  it('has no more permissions than its owner', async () => {
    const { byText, keyOf, ids, service } = await open()
    const ask = byText((await keyOf('jane')).key)
    expect((await ask('POST', '/api_keys', { name: 'x' })).status).toBe(201)
    const others = await ask('POST', '/api_keys', { name: 'x', user_id: ids.chief })
    expect(others.body.type).toBe('not-authorized/cant-act-for-other-user')
    for (const [method, path, body] of [
      ['POST', '/users', { username: 'x' }],
      ['PATCH', '/site', { name: 'x' }],
      ['DELETE', `/users/${ids.chief}`, {}],
    ] as const)
      expect((await ask(method, path, body)).status).toBe(403)
    const site = await service.createSite({ name: 'Other', subdomain: 'other' })
    const { id } = await service.createUser(site, { username: 'stranger' })
    const boss = await keyOf('boss')
    const stranger = await byText(boss.key)('POST', '/api_keys', { name: 'x', user_id: id })
    expect(stranger.body.type).toBe('not-found/user-not-found')
  })
})

describe('An API key created by another key', () => {
  it('is revoked with it, as are the keys that it created, for whichever user', async () => {
    const { byKey, byText, bySession, ids, key } = await open()
    const { body: child } = await byKey('POST', '/api_keys', { name: 'child' })
    const { body: grandchild } = await byText(child.key)('POST', '/api_keys', {
      name: 'grandchild',
      user_id: ids.jane,
    })
    const alive = async () => {
      const all = [child, grandchild].map((one) => byText(one.key)('GET', '/site'))
      return (await Promise.all(all)).map(({ status }) => status)
    }
    expect(await alive()).toEqual([200, 200])
    expect((await bySession('DELETE', `/api_keys/${key.id}`)).status).toBe(204)
    expect(await alive()).toEqual([401, 401])
    expect(await count('api_keys')).toBe(0)
    const { body: changes } = await bySession('GET', '/history/changes?event=api_key_deleted')
    const { body: created } = await bySession('GET', '/history/changes?event=api_key_created')
    const ofChild = created.find((one: { changes: { name: string[] } }) =>
      one.changes.name.includes('child'),
    )
    expect(ofChild.changes.made_by).toEqual([null, 'automation'])
    const { name, keys_made_by_it: ended } = changes[0].changes
    expect(name).toEqual(['automation', null])
    expect(ended[0].split(', ').toSorted()).toEqual(['child', 'grandchild'])
  })

  it.each([
    ['its owner is deleted', 'DELETE', ''],
    ['it unpairs itself', 'DELETE', '/api_key'],
  ])('is revoked when %s', async (_, method, path) => {
    const { byKey, byText, sessionOf, ids } = await open()
    const { body: child } = await byKey('POST', '/api_keys', { name: 'c', user_id: ids.jane })
    const ask = path === '' ? await sessionOf('chief') : byKey
    expect((await ask(method, path || `/users/${ids.boss}`)).status).toBe(204)
    expect((await byText(child.key)('GET', '/site')).status).toBe(401)
  })

  it('expires with it at the latest, however late that one is shortened', async () => {
    const { service, byKey, byText, bySession, ids, key } = await open()
    const { body: child } = await byKey('POST', '/api_keys', { name: 'child' })
    const { body: grandchild } = await byText(child.key)('POST', '/api_keys', {
      name: 'grandchild',
      user_id: ids.jane,
    })
    const soon = { expires_at: at(service, HOUR) }
    expect((await bySession('PATCH', `/api_keys/${key.id}`, soon)).status).toBe(200)
    const later = { expires_at: at(service, DAY) }
    const longer = await bySession('PATCH', `/api_keys/${child.id}`, later)
    expect(Object.keys(longer.body.model_errors)).toEqual(['expires_at'])
    service.clock.advance(HOUR)
    for (const one of [key, child, grandchild])
      expect((await byText(one.key)('GET', '/site')).status).toBe(401)
  })

  it.each([
    ['permission', { permission_set: 'files_only' }, { permission_set: 'files_only' }],
    ['path', { path: 'projects' }, { path: 'projects/a' }],
  ])(
    'that would exceed it in %s is revoked when that one is narrowed',
    async (_, narrower, within) => {
      const { byKey, byText, bySession, key } = await open()
      const { body: wide } = await byKey('POST', '/api_keys', { name: 'wide' })
      const { body: narrow } = await byKey('POST', '/api_keys', { name: 'narrow', ...within })
      const { body: none } = await byKey('POST', '/api_keys', {
        name: 'none',
        permission_set: 'none',
        ...('path' in narrower && { path: 'projects' }),
      })
      expect((await bySession('PATCH', `/api_keys/${key.id}`, narrower)).status).toBe(200)
      const statuses = [wide, narrow, none].map((one) => byText(one.key)('GET', '/site'))
      expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([401, 200, 200])
      const { body: changes } = await bySession('GET', '/history/changes?event=api_key_changed')
      expect(changes[0].changes.keys_made_by_it).toEqual(['wide', null])
    },
  )

  it.each([
    ['the site forbids it', 'sites SET api_keys_manage_credentials = 0'],
    ['the user becomes an admin', 'users SET site_admin = 1'],
    ['the user is disabled', 'users SET disabled = 1'],
    ['the user loses API access', 'users SET restapi_permission = 0'],
  ])('is not created while %s', async (_, change) => {
    const { service, byKey, ids } = await open()
    service.env.DB_US_EAST_1 = interposed(env.DB_US_EAST_1, 'where "users"."id" = ?', (database) =>
      database.prepare(`UPDATE ${change}`).run(),
    )
    const refused = await byKey('POST', '/api_keys', { name: 'child', user_id: ids.jane })
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '5'])
    expect(await count('api_keys')).toBe(1)
    service.env.DB_US_EAST_1 = env.DB_US_EAST_1
    const { body: events } = await byKey('GET', '/history/changes?event=api_key_created')
    expect(events?.length ?? 1).toBe(1)
  })

  it('is not created while that one is being revoked', async () => {
    const { byKey, bySession, key } = await open()
    const creations = Array.from({ length: 20 }, (_, nth) =>
      byKey('POST', '/api_keys', { name: `child ${nth}` }),
    )
    await Promise.all([...creations, bySession('DELETE', `/api_keys/${key.id}`)])
    expect(await count('api_keys')).toBe(0)
  })
})

async function count(where: string, ...values: unknown[]): Promise<unknown> {
  return env.DB_US_EAST_1.prepare(`SELECT count(*) AS n FROM ${where}`)
    .bind(...values)
    .first('n')
}

async function dump(table: string): Promise<string> {
  const { results } = await env.DB_US_EAST_1.prepare(`SELECT * FROM ${table}`).all()
  return JSON.stringify(results)
}
