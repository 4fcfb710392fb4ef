import { type TOTP, URI } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { idsOfMinute } from '../../src/storage/sweep.ts'
import { env } from '../support/env.ts'
import { operatorOf } from '../support/operator.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { SDK } from '../support/service.ts'
import { isAmong, passTimeUntil } from '../support/slices.ts'

const MINUTE = 60_000
const NEEDS = 'not-authorized/reauthentication-needed-action'

describe('POST /2fa', () => {
  it.each(['phone\u202e', '\u2068phone'])(
    'refuses a name with bidirectional control characters: %j',
    async (name) => {
      const { logIn, by } = await withSecondFactors()
      const ask = by((await logIn()).body.id)
      const { status, body } = await ask('POST', '/2fa', { method_type: 'totp', name })
      expect([status, body.error]).toEqual([400, 'Request parameter invalid: name'])
      const made = await ask('POST', '/2fa', { method_type: 'totp', name: 'טלפון' })
      expect((await ask('PATCH', `/2fa/${made.body.id}`, { name })).status).toBe(400)
    },
  )

  it('shows the secret of an app until it is completed, and encrypts it at rest', async () => {
    const { logIn, by, addApp } = await withSecondFactors()
    const { body: session } = await logIn()
    const { created, done, id } = await addApp(session.id)
    expect(created).toMatchObject({
      method_type: 'totp',
      name: 'phone',
      setup_complete: false,
      setup_expired: false,
      totp_provisioning_uri: expect.stringMatching(/^otpauth:\/\/totp\/My%20Site:sessionuser\?/),
    })
    expect(done.body).toMatchObject({ setup_complete: true, totp_provisioning_uri: null })
    expect(done.body.recovery_codes).toHaveLength(10)
    const { body: listed } = await by(session.id)('GET', '/2fa')
    expect(listed).toEqual([expect.objectContaining({ id, setup_complete: true })])
    const secret = /secret=(\w+)/.exec(created.totp_provisioning_uri)?.[1] as string
    const { results } = await env.DB_US_EAST_1.prepare('SELECT * FROM second_factors').all()
    expect(JSON.stringify(results)).not.toContain(secret)
  })

  it('requires the password for the first method, some minutes after the login', async () => {
    const { logIn, by, clock } = await withSecondFactors()
    const { body: session } = await logIn()
    clock.advance(10 * MINUTE)
    const begin = (more = {}) => by(session.id)('POST', '/2fa', { method_type: 'totp' }, more)
    expect((await begin()).body.type).toBe(NEEDS)
    const wrong = await begin({ 'X-Files-Reauthentication': 'password:wrong' })
    expect(wrong.body.type).toBe('not-authorized/reauthentication-failed')
    const password = { 'X-Files-Reauthentication': `password:${right.password}` }
    expect((await begin(password)).status).toBe(201)
  })

  it('requires a code of an existing method to add or remove one', async () => {
    const { withApp, by, clock } = await withSecondFactors()
    const { session, code, id } = await withApp()
    clock.advance(10 * MINUTE)
    const ask = by(session)
    const begin = (more = {}) => ask('POST', '/2fa', { method_type: 'totp' }, more)
    expect((await begin()).body.type).toBe(NEEDS)
    const password = { 'X-Files-Reauthentication': `password:${right.password}` }
    expect((await begin(password)).body.type).toBe(NEEDS)
    const byCode = () => ({ 'X-Files-Reauthentication': `code:${code()}` })
    const used = byCode()
    expect((await begin(used)).status).toBe(201)
    expect((await begin(used)).body.type).toBe('not-authorized/reauthentication-failed')
    expect((await ask('DELETE', `/2fa/${id}`)).body.type).toBe(NEEDS)
    clock.advance(MINUTE)
    expect((await ask('DELETE', `/2fa/${id}`, undefined, byCode())).status).toBe(204)
  })

  it('counts setting up a method as recent authentication, for this session only', async () => {
    const { logIn, by, addApp, clock } = await withSecondFactors()
    const other = (await logIn()).body.id as string
    const own = (await logIn()).body.id as string
    const { id } = await addApp(own)
    const begin = (session: string) => by(session)('POST', '/2fa', { method_type: 'totp' })
    expect((await begin(other)).body.type).toBe(NEEDS)
    expect((await begin(own)).status).toBe(201)
    expect((await by(own)('POST', '/2fa/recovery_codes')).status).toBe(201)
    clock.advance(10 * MINUTE)
    expect((await begin(own)).body.type).toBe(NEEDS)
    expect((await by(own)('DELETE', `/2fa/${id}`)).body.type).toBe(NEEDS)
  })

  it('does not count a wrong code as recent authentication', async () => {
    const { withApp, logIn, by } = await withSecondFactors()
    const { code } = await withApp()
    const { body } = await logIn({ otp: code() })
    const ask = by(body.id)
    await env.DB_US_EAST_1.prepare('UPDATE keyed_sessions SET second_factor_at = 0').run()
    const proof = { 'X-Files-Reauthentication': 'code:000000' }
    expect((await ask('POST', '/2fa', { method_type: 'totp' }, proof)).status).toBe(403)
    await env.DB_US_EAST_1.prepare('UPDATE keyed_sessions SET second_factor_at = 1e15').run()
    const begun = await ask('POST', '/2fa', { method_type: 'totp' })
    await env.DB_US_EAST_1.prepare('UPDATE keyed_sessions SET second_factor_at = 0').run()
    expect((await ask('PATCH', `/2fa/${begun.body.id}`, { otp: '000000' })).status).toBe(401)
    expect((await ask('POST', '/2fa', { method_type: 'totp' })).body.type).toBe(NEEDS)
  })

  it('accepts codes as typed, to complete an app and to reauthenticate', async () => {
    const { logIn, by, clock, service } = await withSecondFactors()
    const { body: session } = await logIn()
    const ask = by(session.id)
    const { body } = await ask('POST', '/2fa', { method_type: 'totp' })
    const app = URI.parse(body.totp_provisioning_uri) as TOTP
    const code = () => app.generate({ timestamp: service.clock() })
    const typed = `${code().slice(0, 3)}\u202f\u2013 ${code().slice(3)}\u200b`
    expect((await ask('PATCH', `/2fa/${body.id}`, { otp: typed })).body.setup_complete).toBe(true)
    clock.advance(10 * MINUTE)
    const begin = (sent: string) =>
      ask('POST', '/2fa', { method_type: 'totp' }, { 'X-Files-Reauthentication': sent })
    expect((await begin(`${code().slice(0, 3)}-${code().slice(3)}`)).status).toBe(201)
    clock.advance(MINUTE)
    expect((await begin(`code:${code().slice(0, 2)}.${code().slice(2)}`)).status).toBe(201)
  })

  it('accepts the password or code as the official CLI sends it, without a prefix', async () => {
    const { withApp, logIn, by, clock } = await withSecondFactors()
    const { body: session } = await logIn()
    clock.advance(10 * MINUTE)
    const begin = (sent: string, id = session.id) =>
      by(id)('POST', '/2fa', { method_type: 'totp' }, { 'X-Files-Reauthentication': sent })
    expect((await begin(right.password)).status).toBe(201)
    const app = await withApp()
    clock.advance(10 * MINUTE)
    expect((await begin(right.password, app.session)).body.type).toBe(NEEDS)
    expect((await begin(app.code(), app.session)).status).toBe(201)
  })

  it('needs no further code right after a login with 2FA', async () => {
    const { withApp, logIn, by } = await withSecondFactors()
    const { code } = await withApp()
    const { body } = await logIn({ otp: code() })
    expect((await by(body.id)('POST', '/2fa', { method_type: 'totp' })).status).toBe(201)
  })

  it('refuses methods that the site does not allow, too many methods, and shared users', async () => {
    const { logIn, by } = await withSecondFactors({ allowed2faMethodTotp: false })
    const { body } = await logIn()
    const refused = await by(body.id)('POST', '/2fa', { method_type: 'totp' })
    expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([422, ['method_type']])
    await env.DB_US_EAST_1.prepare('UPDATE sites SET allowed_2fa_method_totp = 1').run()
    for (let nth = 0; nth < 20; nth++)
      expect((await by(body.id)('POST', '/2fa', { method_type: 'totp' })).status).toBe(201)
    expect((await by(body.id)('POST', '/2fa', { method_type: 'totp' })).status).toBe(422)
    await env.DB_US_EAST_1.prepare('UPDATE users SET self_managed = 0').run()
    expect((await by(body.id)('POST', '/2fa', { method_type: 'totp' })).status).toBe(403)
  })

  it('expires 10 minutes later and is deleted', async () => {
    const { logIn, by, clock, service } = await withSecondFactors()
    const { body: session } = await logIn()
    const ask = by(session.id)
    const { body } = await ask('POST', '/2fa', { method_type: 'totp' })
    clock.advance(10 * MINUTE)
    const { body: late } = await ask('PATCH', `/2fa/${body.id}`, { otp: '123456' })
    expect(late.type).toBe('not-authenticated/two-factor-authentication-setup-expired')
    expect((await ask('GET', '/2fa')).body[0]).toMatchObject({
      setup_expired: true,
      totp_provisioning_uri: null,
    })
    passTimeUntil(clock, () => isAmong(body.id, idsOfMinute(1, clock())))
    await service.runCron()
    const left = 'SELECT count(*) AS n FROM second_factors'
    expect(await env.DB_US_EAST_1.prepare(left).first('n')).toBe(0)
  })
})

describe('A 2FA method', () => {
  it('is announced by mail when it is added and removed', async () => {
    const { withApp, logIn, by, service } = await withSecondFactors()
    const { id, code } = await withApp()
    const { body } = await logIn({ otp: code() })
    await by(body.id)('DELETE', `/2fa/${id}`)
    expect(service.mails.map(({ subject }) => subject)).toEqual([
      'A 2FA method was added',
      'A 2FA method was removed',
    ])
    expect((await logIn()).status).toBe(201)
    const { results } = await env.DB_US_EAST_1.prepare('SELECT * FROM recovery_codes').all()
    expect(results).toEqual([])
  })

  it('can be renamed, and is visible to its user only', async () => {
    const { withApp, by, service, home } = await withSecondFactors()
    const { id, session } = await withApp()
    const renamed = await by(session)('PATCH', `/2fa/${id}`, { name: 'old phone' })
    expect([renamed.status, renamed.body.name]).toEqual([200, 'old phone'])
    const other = await service.createUser(home, { username: 'other', siteAdmin: true })
    const { body } = await service.logIn(other, { headers: SDK })
    for (const [method, path] of [
      ['PATCH', `/2fa/${id}`],
      ['DELETE', `/2fa/${id}`],
    ] as const)
      expect((await by(body.id)(method, path, { name: 'mine' })).status).toBe(404)
    expect((await by(body.id)('GET', '/2fa')).body).toEqual([])
  })

  it('can be removed by an admin of the site for a user who lost it, and for no other site’s', async () => {
    const { withApp, by, service, home, userId, logIn, clock } = await withSecondFactors()
    await withApp()
    const admin = await service.createUser(home, { username: 'admin', siteAdmin: true })
    const { body } = await service.logIn(admin, { headers: SDK })
    const elsewhere = await service.createSite({ subdomain: 'other' })
    const stranger = await service.createUser(elsewhere, { username: 'stranger', siteAdmin: true })
    const { body: strange } = await service.logIn(stranger, { headers: SDK })
    const path = `/users/${userId}/2fa/reset`
    expect((await by(strange.id)('POST', path)).status).toBe(404)
    const own = await by(body.id)('POST', `/users/${admin.id}/2fa/reset`)
    expect(own.status).toBe(403)
    clock.advance(11 * MINUTE)
    expect((await by(body.id)('POST', path)).body.type).toBe(NEEDS)
    expect((await logIn()).status).toBe(401)
    const proof = { 'X-Files-Reauthentication': `password:${right.password}` }
    expect((await by(body.id)('POST', path, undefined, proof)).status).toBe(204)
    expect((await logIn()).status).toBe(201)
    expect(service.mails.at(-1)?.subject).toBe('Your 2FA methods were reset')
  })
})

it('An operator can remove the 2FA methods of a user without an admin, who is notified', async () => {
  const { withApp, service, logIn, by } = await withSecondFactors()
  await withApp()
  expect((await logIn()).status).toBe(401)
  const ask = operatorOf(service)
  expect((await ask('POST', `/users/${right.username}/2fa/reset`)).status).toBe(204)
  const { status, body } = await logIn()
  expect([status, (await by(body.id)('GET', '/2fa')).body]).toEqual([201, []])
  expect(service.mails.at(-1)?.subject).toBe('Your 2FA methods were reset')
  const { results } = await env.DB_US_EAST_1.prepare(
    "SELECT actor FROM credential_events WHERE event = 'second_factors_reset'",
  ).all()
  expect(results).toEqual([{ actor: 'operator' }])
})

describe('A user who must set up 2FA', () => {
  it('can do only that, and then continues with the same session', async () => {
    const { logIn, by, addApp } = await withSecondFactors({ require2fa: true })
    const { status, body } = await logIn()
    expect([status, body.two_factor_setup_needed]).toEqual([201, true])
    const ask = by(body.id)
    const refused = await ask('GET', '/api_keys')
    expect(refused.body.type).toBe('not-authorized/two-factor-authentication-required')
    await addApp(body.id)
    expect((await ask('GET', '/api_keys')).status).toBe(200)
    expect((await ask('GET', '/site')).body.session.two_factor_setup_needed).toBe(false)
  })

  it.each([
    ['the user’s own rule', {}, { require2fa: 'always_require' }, true],
    ['the site’s rule', { require2fa: true }, {}, true],
    [
      'the site’s rule, with an exemption for the user',
      { require2fa: true },
      { require2fa: 'never_require' },
      false,
    ],
    [
      'the site’s rule for admins, as an admin',
      { require2fa: true, require2faUserType: 'site_admins' },
      { siteAdmin: true },
      true,
    ],
    [
      'the site’s rule for admins, as another user',
      { require2fa: true, require2faUserType: 'site_admins' },
      {},
      false,
    ],
    ['the site’s rule that has ended', { require2fa: true, require2faStopTime: 1 }, {}, false],
    ['the site’s rule, as a shared user', { require2fa: true }, { selfManaged: false }, false],
  ])('is determined by %s', async (_, site, user, isNeeded) => {
    const { logIn } = await withSecondFactors(site, user)
    expect((await logIn()).body.two_factor_setup_needed).toBe(isNeeded)
  })
})
