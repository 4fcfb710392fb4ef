import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { FaultyDatabase } from '../support/faulty-database.ts'
import { withSecondFactors } from '../support/second-factors.ts'
import { API, SDK, Service } from '../support/service.ts'

const TOKEN = 'c2Z0cC1ldS1iZWFycy10aGlzLXRva2VuLW9mLTMyLWJ5dGVz'
const SERVICE_CREDENTIALS = JSON.stringify({ 'sftp-eu': TOKEN })
const right = { username: 'sessionuser', password: 'sessionuserpassword' }
const service = { 'X-Latchkey-Service': TOKEN }
const TWO_FACTOR_SETUP = 'not-authorized/two-factor-authentication-required'
const PASSWORD_CHANGE = 'not-authorized/password-change-required'

async function open(changes = {}) {
  const latchkey = new Service({ SERVICE_CREDENTIALS, ...changes })
  await latchkey.createUser(await latchkey.createSite())
  const { body: session } = await latchkey.logIn(right, { headers: SDK })
  const auth = { ...SDK, 'X-FilesAPI-Auth': session.id as string }
  const introspect = (
    token: unknown,
    headers: Record<string, string> = service,
    host = 'localhost',
  ) => latchkey.ask('POST', `${API}/introspect`, { body: { token }, headers, host })
  const { body: key } = await latchkey.ask('POST', `${API}/api_keys`, {
    body: { name: 'sync' },
    headers: auth,
  })
  return { latchkey, session, auth, key, introspect }
}

describe('POST /introspect', () => {
  it('tells a service about a session by its string and token, and about an API key', async () => {
    const { session, key, introspect } = await open()
    for (const token of [session.id, session.token]) {
      const { status, body } = await introspect(token)
      expect(status).toBe(200)
      expect(body).toMatchObject({
        active: true,
        token_type: 'session',
        username: 'sessionuser',
        region: 'us-east-1',
        session: { site_id: session.site_id, read_only: false, root_path: '' },
      })
      expect(body.exp).toBe(Math.floor(Date.parse(session.timeout_at) / 1_000))
      expect(JSON.stringify(body)).not.toContain(session.id)
    }
    const { body } = await introspect(key.key)
    expect(body).toMatchObject({ active: true, token_type: 'api_key', api_key: { name: 'sync' } })
    expect(JSON.stringify(body)).not.toContain(key.key)
  })

  it('returns only inactive for what has expired, belongs to another site, or never existed', async () => {
    const { latchkey, session, auth, key, introspect } = await open()
    await latchkey.createSite({ name: 'Other', subdomain: 'other' })
    expect((await introspect(session.id, service, 'other.localhost')).body).toEqual({
      active: false,
    })
    await latchkey.ask('DELETE', `${API}/sessions`, { headers: auth })
    await latchkey.ask('DELETE', `${API}/api_key`, { headers: { 'X-FilesAPI-Key': key.key } })
    for (const token of [session.id, session.token, key.key, 'x', 'latchkey', 'a.b.c'])
      expect((await introspect(token)).body).toEqual({ active: false })
  })

  it('answers services only', async () => {
    const { session, auth, introspect } = await open()
    expect((await introspect(session.id, {})).body.type).toBe(
      'not-authenticated/authentication-required',
    )
    expect((await introspect(session.id, auth)).status).toBe(401)
    expect((await introspect(session.id, { 'X-Latchkey-Service': 'wrong' })).status).toBe(401)
  })

  it('does not call a session inactive because a store is down', async () => {
    const faulty = new FaultyDatabase(env.DB_US_EAST_1)
    const { session, introspect } = await open({ DB_US_EAST_1: faulty.binding })
    faulty.fault = 'before commit'
    expect((await introspect(session.id)).status).toBe(503)
  })
})

/** Reasons that limit a session which started without limits. */
const limits: [name: string, change: string, problem: string][] = [
  ['the site requires 2FA', 'sites SET require_2fa = 1', TWO_FACTOR_SETUP],
  ['the user must have 2FA', "users SET require_2fa = 'always_require'", TWO_FACTOR_SETUP],
  [
    'the site requires 2FA of admins, and the user is one',
    "sites SET require_2fa = 1, require_2fa_user_type = 'site_admins'",
    TWO_FACTOR_SETUP,
  ],
  ['an admin requires a new password', 'users SET require_password_change = 1', PASSWORD_CHANGE],
  [
    'both are due',
    "users SET require_password_change = 1, require_2fa = 'always_require'",
    PASSWORD_CHANGE,
  ],
  ['the password is too old', 'sites SET password_validity_days = 1', PASSWORD_CHANGE],
]

describe('A limited session', () => {
  it.each(limits)(
    'is refused by routes, inactive at POST /introspect, and gets tokens for 2FA setup only: %s',
    async (_, change, problem) => {
      const { latchkey, session, auth, introspect, key } = await open()
      await env.DB_US_EAST_1.prepare('UPDATE users SET site_admin = 1, password_set_at = 1').run()
      await env.DB_US_EAST_1.prepare(`UPDATE ${change}`).run()
      const asked = await latchkey.ask('GET', `${API}/api_keys`, { headers: auth })
      expect([asked.status, asked.body.type]).toEqual([403, problem])
      const renewed = await latchkey.ask('POST', `${API}/sessions/token`, { headers: auth })
      expect(decodeJwt(renewed.body.token).aud).toBe('latchkey-setup')
      for (const token of [session.id, session.token, renewed.body.token])
        expect((await introspect(token)).body).toEqual({ active: false })
      expect((await introspect(key.key)).body.active).toBe(true)
      const page = await latchkey.ask('GET', '/account', {
        headers: { Cookie: `__Host-latchkey=${session.id}` },
      })
      expect([page.status, page.headers.get('Location')]).toEqual([
        303,
        problem === TWO_FACTOR_SETUP ? '/account/2fa' : expect.stringContaining('/login?'),
      ])
    },
  )

  it('is limited from its start, by a password and by a login token', async () => {
    const { latchkey, introspect } = await open()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET require_2fa = 1').run()
    const { body: parent } = await latchkey.logIn(right, { headers: SDK })
    const { body: child } = await latchkey.logIn(
      { username: parent.login_token },
      { headers: SDK, host: 'mysite.localhost' },
    )
    for (const { id, token, two_factor_setup_needed: isDue } of [parent, child]) {
      expect([isDue, decodeJwt(token).aud]).toEqual([true, 'latchkey-setup'])
      for (const credential of [id, token])
        expect((await introspect(credential)).body).toEqual({ active: false })
    }
  })

  it('is active again once a 2FA method is set up', async () => {
    const { introspect, withApp, by, logIn } = await withMethod()
    const { session } = await withApp()
    expect((await introspect(session)).body.active).toBe(true)
    await by(session)('GET', '/site')
    // The partial session of a right password is no session.
    const { body } = await logIn()
    expect(body.type).toBe('not-authenticated/two-factor-authentication-error')
    expect((await introspect(body.data.partial_session_id)).body).toEqual({ active: false })
  })
})

async function withMethod() {
  const opened = await withSecondFactors({ require2fa: true }, {}, { SERVICE_CREDENTIALS })
  const introspect = (token: string) =>
    opened.service.ask('POST', `${API}/introspect`, { body: { token }, headers: service })
  return { ...opened, introspect }
}
