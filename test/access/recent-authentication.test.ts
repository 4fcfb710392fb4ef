import { describe, expect, it } from 'vitest'
import { routes } from '../../src/routes.ts'
import { offeredRules } from '../../src/sites/setting-fields.ts'
import { plainSettings } from '../../src/sites/site-settings.ts'
import { MINUTE } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { remembered } from '../support/remembered.ts'
import { type Answer, API, SDK, Service } from '../support/service.ts'
import { settingValues } from '../support/setting-values.ts'
import { TestBrowser } from '../support/test-browser.ts'

const NEEDED = 'not-authorized/reauthentication-needed-action'
const HOST = 'mysite.localhost'
const PAIRING_KEY = 'a1B2c3D4'
const PASSWORD = 'a quiet lamp by the window'
const okta = { provider: 'okta', subdomain: 'acme', client_id: 'id', client_secret: 'top-secret' }

type Fields = Record<string, unknown>

const from = { ...SDK, 'CF-Connecting-IP': '192.0.2.7' }

/** A site with an admin and a user, who have one of everything that a route can change. */
const everyoneWithEverything = remembered(async (service) => {
  const site = await service.createSite()
  const admin = await service.createUser(site, { username: 'boss', siteAdmin: true })
  const { id: jane } = await service.createUser(site, { username: 'jane', email: 'jane@a.example' })
  const { body: session } = await service.logIn(admin, { headers: from })
  const ask = askBy(service, session.id)
  const browser = new TestBrowser(service)
  const { username, password } = admin
  await browser.send(`http://${HOST}/login`, { username, password })
  const { body: key } = await ask('POST', '/api_keys', { name: 'one' })
  const { body: strategy } = await ask('POST', '/sso_strategies', okta)
  const { body: factor } = await ask('POST', '/2fa', { method_type: 'totp' })
  await env.DB_US_EAST_1.prepare(
    `INSERT INTO sso_identities (id, site_id, user_id, strategy_id, issuer, subject, created_at,
      last_used_at) VALUES (7, ?, ?, ?, 'https://acme.okta.com', 'jane', 0, 0)`,
  )
    .bind(site.id, jane, strategy.id)
    .run()
  await env.DB_US_EAST_1.prepare("UPDATE sites SET domain = 'files.acme.example'").run()
  // An admin without a 2FA method can require 2FA only if they are exempt.
  await env.DB_US_EAST_1.prepare("UPDATE users SET require_2fa = 'never_require' WHERE id = ?")
    .bind(admin.id)
    .run()
  const ids = {
    jane,
    key: Number(key.id),
    strategy: Number(strategy.id),
    factor: Number(factor.id),
    identity: 7,
  }
  return { admin, ids, session: String(session.id), cookies: browser.cookies }
})

async function open() {
  const service = new Service()
  const { session, cookies, ...others } = await everyoneWithEverything(service)
  const browser = new TestBrowser(service).withCookies(cookies)
  return { ...others, service, browser, ask: askBy(service, session) }
}

function askBy(service: Service, session: string) {
  return (method: string, path: string, body?: Fields, more: Record<string, string> = {}) =>
    service.ask(method, `${API}${path}`, {
      headers: { ...from, 'X-FilesAPI-Auth': session, ...more },
      ...(body && { body }),
    })
}

type Ids = Awaited<ReturnType<typeof open>>['ids']

/** The rows that a route can change. */
async function everything(): Promise<string> {
  const tables = `sites users api_keys sso_strategies sso_identities second_factors recovery_codes
    pairing_approvals reset_codes credential_events`
  const database = env.DB_US_EAST_1
  const all = await database.batch<Record<string, unknown>>(
    tables.split(/\s+/).map((table) => database.prepare(`SELECT * FROM ${table}`)),
  )
  const rows = all.map(({ results }) =>
    results.map(({ last_used_at: _, timeout_at: __, ...row }) => row),
  )
  return JSON.stringify(rows)
}

const users = { email: 'x@a.example', site_admin: true, self_managed: false, read_only: true }
const rules = { require_2fa: 'never_require', ssl_required: 'never_require', disabled: false }
const places = { allowed_ips: '::/0', bypass_site_allowed_ips: true, restapi_permission: false }
const ages = { password_validity_days: 3, authenticate_until: '2100-01-01T00:00:00Z' }
const ways = { authentication_method: 'none', user_root: 'home', require_password_change: true }
const userSettings: Fields = { ...users, ...rules, ...places, ...ages, ...ways }

const LETS_NOBODY_IN = ['use_provided_modified_at', 'windows_mode_ftp', 'welcome_email_enabled']
const siteSettings: Fields = {
  ...Object.fromEntries(
    Object.keys(plainSettings)
      .filter((name) => !LETS_NOBODY_IN.includes(name))
      .map((name) => [name, settingValues[name as keyof typeof settingValues][0]]),
  ),
  allowed_ips: '0.0.0.0/0\n::/0',
  require_2fa_stop_time: '2100-01-01T00:00:00Z',
  domain: '',
  subdomain: 'other',
}

/** Every route that can change who gets in, with its request body. */
const calls: [route: string, body: Fields][] = [
  ...Object.entries(siteSettings).map(
    ([name, value]) =>
      [
        'PATCH /site',
        { [name]: value, ...(name === 'subdomain' && { confirm_sso_stop: true }) },
      ] as [string, Fields],
  ),
  ['PATCH /site', { name: 'Acme', user_lockout: false }],
  ['POST /site/verify_domain', {}],
  ['POST /users', { username: 'x', password: PASSWORD, self_managed: false }],
  ['POST /users', { username: 'x', email: 'x@a.example' }],
  ['POST /users', { username: 'x', imported_password_hash: `{SHA256}${'a'.repeat(64)}` }],
  ...Object.entries(userSettings).map(
    ([name, value]) => ['PATCH /users/:jane', { [name]: value }] as [string, Fields],
  ),
  ['PATCH /users/:jane', { change_password: PASSWORD }],
  ['PATCH /users/:jane', { time_zone: 'Europe/Berlin', password: PASSWORD }],
  ['PATCH /users/:jane', { authentication_method: 'sso', sso_strategy_id: ':strategy' }],
  ['DELETE /users/:jane', {}],
  ['POST /users/:jane/unlock', {}],
  ['POST /users/:jane/resend_welcome_email', {}],
  ['POST /users/:jane/2fa/reset', {}],
  ['POST /api_keys', { name: 'x' }],
  ['POST /api_keys', { name: 'x', permission_set: 'desktop_app' }],
  ['PATCH /api_keys/:key', { expires_at: '2100-01-01T00:00:00Z' }],
  ['PATCH /api_keys/:key', { name: 'y', permission_set: 'desktop_app' }],
  ['POST /sso_strategies', { ...okta, label: 'other' }],
  ['PATCH /sso_strategies/:strategy', { email_domains: 'acme.example' }],
  ['PATCH /sso_strategies/:strategy', { enabled: false }],
  ['POST /sso_strategies/:strategy/test_login', { redirect_host: HOST }],
  ['DELETE /sso_strategies/:strategy', {}],
  ['DELETE /sso_identities/:identity', {}],
  ['POST /2fa', { method_type: 'totp' }],
  ['DELETE /2fa/:factor', {}],
  ['POST /2fa/recovery_codes', {}],
]

/** The same for pages, by form. */
const forms: [route: string, body: Fields][] = [
  ['/account/identities/remove', { id: ':identity' }],
  ['/admin/users', { username: 'x', email: 'x@a.example' }],
  ['/admin/users/:jane', { email: 'x@a.example' }],
  ['/admin/users/:jane', { site_admin: 'true' }],
  ...['unlock', 'welcome', 'reset_factors'].map(
    (act) => [`/admin/users/:jane/${act}`, {}] as [string, Fields],
  ),
  ['/admin/users/:jane/enable', {}],
  ['/admin/users/:jane/delete', { confirmed: 'true' }],
  ['/admin/rules', { session_expiry: '720' }],
  ['/admin/sso', { ...okta, label: 'other' }],
  ['/admin/sso/turn', { id: ':strategy', enabled: 'false' }],
  ['/admin/sso/move', { id: ':strategy', redirect_host: 'files.acme.example' }],
  ['/admin/sso/delete', { id: ':strategy' }],
]

/** What the page showed before the app was approved. */
const pairing = { pairing_key: PAIRING_KEY, platform: '', computer: '', networks: '' }

/** The forms that ask for the password themselves. */
const formsWithPassword: [route: string, body: Fields, field: string][] = [
  ['/account/keys', { name: 'x' }, 'key_password'],
  [
    '/account/password',
    { new_password: PASSWORD, new_password_again: PASSWORD },
    'present_password',
  ],
  ['/account/2fa/app', {}, 'proof'],
  ['/account/2fa/phone', { phone_number: '+12025550123' }, 'proof'],
  ['/account/2fa/key', {}, 'proof'],
  ['/account/2fa/yubikey', { otp: 'x' }, 'proof'],
  ['/account/2fa/remove', { id: ':factor' }, 'proof'],
  ['/account/2fa/recovery_codes', {}, 'proof'],
  ['/pairing/approve', { ...pairing, sure: 'true' }, 'password'],
]

/** Requests that need no recent authentication, since they let nobody in. */
const free = `
  POST /sessions/token, DELETE /sessions, DELETE /sessions/:id, DELETE /sessions/others,
  DELETE /api_keys/:id, PATCH /2fa/:id, POST /2fa/send_code, POST /sso_strategies/:id/test,
  POST /logout, POST /account/sessions/end, POST /account/sessions/end_others,
  POST /account/keys/revoke, POST /account/language, POST /account/2fa/finish,
  POST /admin/users/:id/disable, POST /admin/users/:id/end_sessions,
  POST /admin/sessions/end, POST /admin/sso/test, POST /pairing/check, POST /pairing/deny
`
  .split(',')
  .map((route) => route.trim())

/** Requests that are refused for another reason here once the password is sent: there is no DNS record, no Yubico
 * service and no 2FA method yet. Links to a test login are not stored. */
const REFUSED_ANYWAY = [
  ...['/site/verify_domain', '/account/2fa/yubikey', '/sso_strategies/:strategy/test_login'],
]
const isRefusedAnyway = (path: string) =>
  REFUSED_ANYWAY.includes(path) || path.endsWith('/2fa/recovery_codes')

function filled(text: unknown, ids: Ids): string {
  return String(text).replace(/:(\w+)/, (all, name) =>
    name in ids ? String(ids[name as keyof Ids]) : all,
  )
}

function filledBody(body: Fields, ids: Ids): Fields {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'string' && /^:\w+$/.test(value) ? Number(filled(value, ids)) : value,
    ]),
  )
}

describe('A session whose user authenticated 11 minutes ago', () => {
  it.each(calls)('cannot call %s %o without the password', async (route, body) => {
    const { ask, service, ids, admin } = await open()
    if (body.disabled === false)
      await env.DB_US_EAST_1.prepare("UPDATE users SET disabled = 1 WHERE username = 'jane'").run()
    const [method = '', path = ''] = route.split(' ')
    const call = (more = {}) => {
      const sent = filledBody(body, ids)
      return ask(method, filled(path, ids), method === 'DELETE' ? undefined : sent, more)
    }
    service.clock.advance(11 * MINUTE)
    const before = await everything()
    const refused = await call()
    expect([refused.status, refused.body.type]).toEqual([403, NEEDED])
    expect(await everything()).toBe(before)
    if (isRefusedAnyway(path)) return
    const done = await call({ 'X-Files-Reauthentication': `password:${admin.password}` })
    expect(done.status, JSON.stringify(done.body)).toBeLessThan(300)
    expect(await everything()).not.toBe(before)
  })

  it.each(forms)('is sent to log in again by the form %s %o', async (path, body) => {
    const { browser, service, ids } = await open()
    if (path.endsWith('enable'))
      await env.DB_US_EAST_1.prepare("UPDATE users SET disabled = 1 WHERE username = 'jane'").run()
    if (path.endsWith('move'))
      await env.DB_US_EAST_1.prepare('UPDATE sites SET domain_verified_at = 1').run()
    service.clock.advance(11 * MINUTE)
    const before = await everything()
    const sent = filledBody(body, ids) as Record<string, string>
    const refused = await browser.send(`http://${HOST}${filled(path, ids)}`, sent)
    expect([refused.status, refused.headers.get('Location')]).toEqual([
      303,
      expect.stringMatching(/^\/login\?return_to=.*&again=true$/),
    ])
    expect(await everything()).toBe(before)
  })

  it.each(formsWithPassword)(
    'cannot send the form %s without the password',
    async (path, body, field) => {
      const { browser, service, ids, admin } = await open()
      await browser.open(`http://${HOST}/login_from_desktop?pairing_key=${PAIRING_KEY}`)
      service.clock.advance(9 * MINUTE)
      await browser.open(`http://${HOST}/login_from_desktop?pairing_key=${PAIRING_KEY}`)
      service.clock.advance(2 * MINUTE)
      const before = await everything()
      const send = (password: string) =>
        browser.send(`http://${HOST}${filled(path, ids)}`, {
          ...(filledBody(body, ids) as Record<string, string>),
          ...(password !== '' && { [field]: password }),
          ...(path === '/account/password' && { [field]: password }),
        })
      for (const password of ['', 'wrong'])
        expect((await send(password)).status, password).toBe(403)
      expect(await everything()).toBe(before)
      if (isRefusedAnyway(path)) return
      const done = await send(admin.password)
      expect(done.status, String(done.body)).toBeLessThan(400)
      expect(await everything()).not.toBe(before)
    },
  )

  it('is tested with every route by which a session can change something', () => {
    const stated = [
      ...calls.map(([route]) => route.replace(/:\w+/g, ':id')),
      ...[...forms, ...formsWithPassword].map(([path]) => `POST ${path.replace(/:\w+/g, ':id')}`),
      ...free,
    ]
    const bySession = routes.filter(
      ({ method, access }) =>
        method !== 'GET' && access.security.some((one) => 'sessionString' in one),
    )
    expect(bySession.length).toBeGreaterThan(40)
    const forgotten = bySession
      .map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':id')}`)
      .filter((route) => !stated.includes(route))
    expect(forgotten).toEqual([])
  })

  it.each<[string, Fields]>([
    ['PATCH /site', { name: 'Acme', accent_color: '#0b5fc4', language: 'de' }],
    ['PATCH /site', { login_help_text: 'Ask Jo.', windows_mode_ftp: true }],
    ['PATCH /site', { use_provided_modified_at: true, welcome_email_enabled: false }],
    ['PATCH /users/:jane', { language: 'fr', time_zone: 'Europe/Paris' }],
    ['PATCH /users/:jane', { disabled: true }],
    ['PATCH /api_keys/:key', { name: 'other' }],
    ['DELETE /api_keys/:key', {}],
    ['DELETE /sessions/others', {}],
  ])('can call %s %o, which lets nobody in', async (route, body) => {
    const { ask, service, ids } = await open()
    service.clock.advance(11 * MINUTE)
    const [method = '', path = ''] = route.split(' ')
    const { status } = await ask(method, filled(path, ids), method === 'DELETE' ? undefined : body)
    expect(status).toBeLessThan(300)
  })

  it.each<[string, string]>([
    ['/admin/users/:jane/disable', '{}'],
    ['/admin/users/:jane/end_sessions', '{}'],
    ['/account/keys/revoke', '{"id":":key"}'],
  ])('can send the form %s, which lets nobody in', async (path, body) => {
    const { browser, service, ids } = await open()
    service.clock.advance(11 * MINUTE)
    const sent = filledBody(JSON.parse(body), ids) as Record<string, string>
    const { status, headers } = await browser.send(`http://${HOST}${filled(path, ids)}`, sent)
    expect([status < 400, headers.get('Location') ?? '']).toEqual([
      true,
      expect.not.stringContaining('/login'),
    ])
  })

  it('can change the language in the settings form, but nothing that lets somebody in', async () => {
    const { ask, browser, service } = await open()
    const { body: site } = await ask('GET', '/site')
    const shown = offeredRules
      .map(({ name }) => [name, String(site[name] ?? '')] as const)
      .filter(([, value]) => value !== 'false')
    service.clock.advance(11 * MINUTE)
    const sent = { ...Object.fromEntries(shown), language: 'de' }
    expect((await browser.send(`http://${HOST}/admin/rules`, sent)).status).toBe(200)
    const longer = { ...sent, session_expiry: '720' }
    expect((await browser.send(`http://${HOST}/admin/rules`, longer)).status).toBe(303)
  })

  it('can send a user back unchanged, as SDKs do when they save', async () => {
    const { ask, service, ids } = await open()
    const { body: jane } = await ask('GET', `/users/${ids.jane}`)
    service.clock.advance(11 * MINUTE)
    const { id: _, ...same } = jane
    expect((await ask('PATCH', `/users/${ids.jane}`, same)).status).toBe(200)
  })
})

describe('The operator’s token', () => {
  it('counts as recent authentication on every operator route', async () => {
    const { service } = await open()
    const operator = operatorOf(service)
    const answers: [string, Answer][] = []
    const ask = async (method: string, path: string, body?: Fields) => {
      const answer = await operator(method, path, body)
      answers.push([`${method} ${path}`, answer])
      return answer
    }
    service.clock.advance(11 * MINUTE)
    await ask('POST', '/sites', { subdomain: 'other', region: 'us-east-1' })
    await ask('POST', '/users', { username: 'joe', site: 'mysite', password: PASSWORD })
    await ask('POST', '/users/jane/password', { password: PASSWORD })
    for (const what of ['disable', 'enable', 'unlock', 'welcome', '2fa/reset'])
      await ask('POST', `/users/jane/${what}`)
    await ask('POST', '/directory/rebuild', { of: 'users' })
    await ask('POST', '/users/rekey')
    const { body: sessions } = await operator('GET', '/sessions?username=boss')
    await ask('DELETE', `/sessions/${sessions[0].id}`)
    for (const [name, { status, body }] of answers)
      expect(status, `${name} ${JSON.stringify(body)}`).toBeLessThan(300)
    const asked = answers.map(([name]) => name.replace('jane', ':username').replace(/\d+$/, ':id'))
    const changing = routes
      .filter(({ method, access }) => method !== 'GET' && access.name === 'operator')
      .map(({ method, path }) => `${method} ${path.replace('/operator/v1', '')}`)
    expect(changing.filter((route) => !asked.includes(route))).toEqual([])
  })
})
