import { describe, expect, it } from 'vitest'
import { messagesFor } from '../../src/messages/messages.ts'
import type { plainSettings } from '../../src/sites/site-settings.ts'
import { API, SDK, Service } from '../support/service.ts'
import { settingValues } from '../support/setting-values.ts'
import { siteWithAdmin } from '../support/site-with-admin.ts'

async function open() {
  const service = new Service()
  const headers = { ...SDK, 'CF-Connecting-IP': '192.0.2.7' }
  const { site, admin, session } = await siteWithAdmin(service, {}, headers)
  const ask = (method: string, body?: Record<string, unknown>, more = {}) =>
    service.ask(method, `${API}/site`, {
      headers: { ...headers, 'X-FilesAPI-Auth': session, ...more },
      ...(body && { body }),
    })
  return { service, site, admin, ask, headers }
}

/** A setting without a value here does not compile. */
const values: Record<keyof typeof plainSettings, [unknown, unknown]> = settingValues

describe('A site setting', () => {
  it.each(Object.entries(values))(
    'is changed, shown and recorded: %s',
    async (name, [value, bad]) => {
      const { ask, service } = await open()
      // An admin who requires 2FA has a method.
      if (name === 'require_2fa')
        await service.env.DB_US_EAST_1.prepare("UPDATE users SET type_of_2fa = 'totp'").run()
      const before = (await ask('GET')).body
      const refused = await ask('PATCH', { [name]: bad })
      expect([refused.status, refused.body.error]).toEqual([
        400,
        `Request parameter invalid: ${name}`,
      ])
      const changed = await ask('PATCH', { [name]: value })
      expect([changed.status, changed.body[name]]).toEqual([200, value])
      await ask('PATCH', { [name]: value })
      const { results } = await service.env.DB_US_EAST_1.prepare(
        "SELECT changes FROM credential_events WHERE event = 'site_changed'",
      ).all<{ changes: string }>()
      expect(results.map(({ changes }) => JSON.parse(changes))).toEqual([
        { [name]: [before[name], value] },
      ])
    },
  )

  it('may be a text, a time or a list of addresses, and can be cleared again', async () => {
    const { ask } = await open()
    const set = {
      allowed_ips: '192.0.2.0/24\n2001:db8::/32',
      language: 'de',
      login_help_text: 'Ask Jo.',
      require_2fa_stop_time: '2027-01-31T12:00:00.000Z',
    }
    expect((await ask('PATCH', set)).body).toMatchObject(set)
    const cleared = Object.fromEntries(Object.keys(set).map((name) => [name, '']))
    expect((await ask('PATCH', cleared)).body).toMatchObject({
      allowed_ips: '',
      language: null,
      login_help_text: null,
      require_2fa_stop_time: null,
    })
  })

  it.each<[string, Record<string, unknown>]>([
    ['allowed_ips', { allowed_ips: '192.0.2.0/24\nnonsense' }],
    ['allowed_ips', { allowed_ips: '198.51.100.1' }],
    ['allowed_ips', { allowed_ips: '192.0.2.0/24\n::ffff:203.0.113.0/24' }],
    ['allowed_ips', { allowed_ips: '192.0.2.0/24\n::203.0.113.0/120' }],
    ['language', { language: 'xx' }],
    ['require_2fa_stop_time', { require_2fa_stop_time: 'soon' }],
    ['require_2fa_stop_time', { require_2fa_stop_time: 'Jan 1 2030' }],
    ['require_2fa_stop_time', { require_2fa_stop_time: '2027-02-30' }],
    [
      'require_2fa',
      {
        require_2fa: true,
        allowed_2fa_method_sms: false,
        allowed_2fa_method_totp: false,
        allowed_2fa_method_u2f: false,
        allowed_2fa_method_yubi: false,
      },
    ],
    ['accent_color', { accent_color: 'red' }],
    ['logo', { logo: 'nonsense' }],
    ['domain', { domain: 'localhost' }],
    ['subdomain', { subdomain: 'a_b' }],
    ['subdomain', { subdomain: 'admin' }],
  ])('is refused when it is invalid or locks its admin out: %s %o', async (field, changes) => {
    const { ask } = await open()
    const { status, body } = await ask('PATCH', { ...changes, desktop_app: false })
    expect([status, Object.keys(body.model_errors)]).toEqual([422, [field]])
    expect((await ask('GET')).body.desktop_app).toBe(true)
  })

  it.each([
    [{ require_2fa: true }],
    [{ require_2fa: true, require_2fa_user_type: 'site_admins' }],
    [{ require_2fa: true, require_2fa_stop_time: '2100-01-01T00:00:00Z' }],
  ])(
    'is refused when its admin would have to set 2FA up first, which the text says: %j',
    async (sent) => {
      const { ask } = await open()
      const { status, body } = await ask('PATCH', sent)
      const text = messagesFor('en').modelErrors['second-factor-of-yours-first']
      expect([status, body.model_errors]).toEqual([422, { require_2fa: [text] }])
      expect((await ask('GET')).body.session.two_factor_setup_needed).toBe(false)
    },
  )

  it.each(["type_of_2fa = 'totp'", 'self_managed = 0', "require_2fa = 'never_require'"])(
    'may require 2FA where its admin has it or is exempt: %s',
    async (set) => {
      const { ask, service } = await open()
      await service.env.DB_US_EAST_1.prepare(`UPDATE users SET ${set}`).run()
      expect((await ask('PATCH', { require_2fa: true })).status).toBe(200)
    },
  )

  it.each(['2027-02-30T00:00:00Z', '2027-06-31', '2026-02-29T12:00:00+02:00'])(
    'that names an impossible date is refused with that date: %s',
    async (stopTime) => {
      const { ask } = await open()
      const { body } = await ask('PATCH', { require_2fa_stop_time: stopTime })
      expect(body.model_errors.require_2fa_stop_time).toEqual([
        `${stopTime.slice(0, 10)} is not a calendar date. Check the day and month.`,
      ])
    },
  )

  it.each(['ldap_enabled', 'ftp_enabled', 'session_expiry_minutes', 'allowed_countries'])(
    'that is not supported is refused by name: %s',
    async (name) => {
      const { ask } = await open()
      const { body } = await ask('PATCH', { [name]: 'x' })
      expect(body.error).toBe(`Request parameter invalid: ${name}`)
    },
  )

  it.each(['Acme\u202e', '\u2066Acme', 'Ac\u202cme'])(
    'is refused with bidirectional control characters in the name or help text: %j',
    async (name) => {
      const { ask } = await open()
      const { status, body } = await ask('PATCH', { name })
      expect([status, body.error]).toEqual([400, 'Request parameter invalid: name'])
      expect((await ask('PATCH', { name: 'עברית' })).body.name).toBe('עברית')
      const help = await ask('PATCH', { login_help_text: name })
      expect([help.status, help.body.error]).toEqual([
        400,
        'Request parameter invalid: login_help_text',
      ])
    },
  )

  it('can be changed by admins only', async () => {
    const { service, site, headers } = await open()
    const jane = await service.createUser(site, { username: 'jane' })
    const { body: session } = await service.logIn(jane, { headers })
    const asked = {
      headers: { ...headers, 'X-FilesAPI-Auth': session.id },
      body: { language: 'de' },
    }
    expect((await service.ask('PATCH', `${API}/site`, asked)).status).toBe(403)
  })
})

describe('GET /settings/domain', () => {
  it('returns what a login form needs, and nothing else', async () => {
    const { service, ask } = await open()
    await ask('PATCH', { login_help_text: 'Ask Jo.', password_min_length: 20 })
    const { status, body } = await service.ask(
      'GET',
      `${API}/settings/domain?domain=mysite.localhost`,
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({ login_help_text: 'Ask Jo.', password_min_length: 20 })
    expect(JSON.stringify(body)).not.toMatch(/allowed_ips|lockout|client/)
    const page = await service.ask('GET', '/login', { host: 'mysite.localhost' })
    expect(page.body).toContain('Ask Jo.')
    for (const domain of ['nobody.localhost', 'localhost', 'x'])
      expect((await service.ask('GET', `${API}/settings/domain?domain=${domain}`)).body.type).toBe(
        'site-configuration/no-account-for-site',
      )
  })
})
