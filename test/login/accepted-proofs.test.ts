import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { API, SDK } from '../support/service.ts'

const HOST = 'mysite.localhost'
const NEXT = 'a quiet lamp by the window'
const OLD = { 'X-Files-Reauthentication': `password:${right.password}` }
const FAILED = 'not-authorized/reauthentication-failed'
const OF_NO_USE = ['This user does not log in with a password.']

/** A user with a session, whose password is no longer accepted although its hash is stored. */
async function withoutPasswords(method: 'sso' | 'none') {
  const opened = await withSecondFactors({}, { siteAdmin: true })
  const { service, by, clock } = opened
  const { body: session } = await opened.logIn()
  await service.ask('POST', `${API}/sessions/forgot`, { body: { username: right.username } })
  const [, code = ''] = /code=([0-9a-f]{40})/.exec(service.mails[0]?.text ?? '') ?? []
  await env.DB_US_EAST_1.prepare('UPDATE users SET authentication_method = ?').bind(method).run()
  clock.advance(11 * 60_000)
  const page = (path: string, body: Record<string, unknown>) =>
    service.ask('POST', path, {
      host: HOST,
      headers: { Origin: `http://${HOST}`, Cookie: `__Host-latchkey=${session.id}` },
      body,
    })
  return { ...opened, ask: by(session.id), session, code, page }
}

function count(table: string): Promise<number | null> {
  return env.DB_US_EAST_1.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')
}

function hashOf(username = right.username) {
  return env.DB_US_EAST_1.prepare('SELECT password_hash FROM users WHERE username = ?')
    .bind(username)
    .first('password_hash')
}

describe.each(['sso', 'none'] as const)(
  'The password of a user with authentication_method %s',
  (m) => {
    it('creates no API key, sets up no 2FA method and changes no password', async () => {
      const { ask, page, userId } = await withoutPasswords(m)
      const before = await hashOf()
      for (const { status, body } of [
        await ask('POST', '/api_keys', { name: 'x' }, OLD),
        await ask('POST', '/2fa', { method_type: 'totp' }, OLD),
        await ask('PATCH', `/users/${userId}`, { email: 'else@example.com' }, OLD),
      ])
        expect([status, body.type]).toEqual([403, FAILED])
      const bare = { 'X-Files-Reauthentication': right.password }
      expect((await ask('POST', '/api_keys', { name: 'x' }, bare)).body.type).toBe(FAILED)
      const password = right.password
      await page('/account/keys', { name: 'x', key_password: password })
      await page('/account/2fa/app', { proof: password })
      await page('/account/password', {
        present_password: password,
        new_password: NEXT,
        new_password_again: NEXT,
      })
      expect([await count('api_keys'), await count('second_factors')]).toEqual([0, 0])
      expect(await hashOf()).toBe(before)
    })

    it('approves no desktop app', async () => {
      const { service, session } = await withoutPasswords(m)
      const shown = { pairing_key: 'a1B2c3D4', platform: 'mac', computer: 'x', networks: '' }
      const approved = await service.ask('POST', '/pairing/approve', {
        host: HOST,
        headers: { Cookie: `__Host-latchkey=${session.id}` },
        body: { ...shown, password: right.password, sure: true },
      })
      expect(approved.status).toBe(403)
      expect(await count('pairing_approvals')).toBe(0)
    })

    it('is neither reset nor replaced at a login', async () => {
      const { service, code } = await withoutPasswords(m)
      const before = await hashOf()
      const reset = await service.ask('POST', `${API}/sessions/forgot/reset`, {
        body: { code, password: NEXT },
      })
      expect(reset.body.type).toBe('not-authenticated/invalid-or-expired-code')
      await service.ask('POST', `${API}/sessions/forgot`, { body: { username: right.username } })
      expect(service.mails).toHaveLength(1)
      await env.DB_US_EAST_1.prepare('UPDATE users SET require_password_change = 1').run()
      const changed = await service.logIn({ ...right, change_password: NEXT })
      expect(changed.body.type).toBe('not-authenticated/invalid-username-or-password')
      expect(await hashOf()).toBe(before)
    })

    it('cannot be set by an admin or the operator', async () => {
      const { service, home, logIn, by } = await withSecondFactors({}, { siteAdmin: true })
      const ask = by((await logIn()).body.id)
      const { id } = await service.createUser(home, { username: 'other', authenticationMethod: m })
      const before = await hashOf('other')
      const byAdmin = await ask('PATCH', `/users/${id}`, { change_password: NEXT })
      expect([byAdmin.status, byAdmin.body.model_errors]).toEqual([
        422,
        { change_password: OF_NO_USE },
      ])
      const byOperator = await operatorOf(service)('POST', '/users/other/password', {
        password: NEXT,
      })
      expect([byOperator.status, byOperator.body.model_errors]).toEqual([
        422,
        { password: OF_NO_USE },
      ])
      expect(await hashOf('other')).toBe(before)
      const both = { authentication_method: 'password', change_password: NEXT }
      expect((await ask('PATCH', `/users/${id}`, both)).status).toBe(200)
      expect((await service.logIn({ username: 'other', password: NEXT })).status).toBe(201)
    })

    it('is deleted with the earlier ones when an admin chooses the method', async () => {
      const { service, home, logIn, by } = await withSecondFactors(
        { maxPriorPasswords: 3 },
        { siteAdmin: true },
      )
      const ask = by((await logIn()).body.id)
      const { id } = await service.createUser(home, { username: 'other' })
      await ask('PATCH', `/users/${id}`, { change_password: NEXT, require_password_change: false })
      const other = { username: 'other', password: NEXT }
      expect((await service.logIn(other)).status).toBe(201)
      const { body: made } = await ask('POST', '/sso_strategies', {
        provider: 'google',
        label: 'G',
        client_id: 'x',
        client_secret: 'y',
      })
      const switched = await ask('PATCH', `/users/${id}`, {
        authentication_method: m,
        sso_strategy_id: made.id,
      })
      expect([switched.status, switched.body.password_set_at]).toEqual([200, null])
      expect([await hashOf('other'), await count('prior_passwords')]).toEqual([null, 0])
      const back = await ask('PATCH', `/users/${id}`, { authentication_method: 'password' })
      expect(back.status).toBe(200)
      expect((await service.logIn(other)).status).toBe(401)
    })
  },
)

describe('A user with authentication_method sso', () => {
  it('reauthenticates with a one-time code', async () => {
    const { withApp, by, clock } = await withSecondFactors()
    const { session, code } = await withApp()
    await env.DB_US_EAST_1.prepare("UPDATE users SET authentication_method = 'sso'").run()
    clock.advance(11 * 60_000)
    const proof = { 'X-Files-Reauthentication': `code:${code()}` }
    expect((await by(session)('POST', '/api_keys', { name: 'x' }, proof)).status).toBe(201)
  })

  it('has no password hash after the migration, nor earlier ones', async () => {
    const { service, home } = await withSecondFactors()
    await service.createUser(home, { username: 'other', authenticationMethod: 'sso' })
    const user = env.DB_US_EAST_1.prepare(
      "INSERT INTO prior_passwords SELECT id, id, 'x', 1 FROM users",
    )
    await user.run()
    const { queries } = env.MIGRATIONS.region.find(({ name }) =>
      name.includes('forget_passwords'),
    ) as { queries: string[] }
    await env.DB_US_EAST_1.batch(queries.map((query) => env.DB_US_EAST_1.prepare(query)))
    expect([await hashOf('other'), typeof (await hashOf())]).toEqual([null, 'string'])
    expect(await count('prior_passwords')).toBe(1)
    expect((await service.logIn(right, { headers: SDK })).status).toBe(201)
  })
})
