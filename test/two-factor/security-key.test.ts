import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { fromDer } from '../../src/two-factor/u2f.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import { API, SDK } from '../support/service.ts'

const ORIGIN = 'http://mysite.localhost'
const RP_ID = 'mysite.localhost'
const WRONG = 'not-authenticated/one-time-password-incorrect'

/** A user with a key that was enrolled by U2F. */
async function withKey(site = {}) {
  const opened = await withSecondFactors(site)
  const { logIn, by, service } = opened
  const { body: session } = await logIn()
  const ask = by(session.id)
  const token = await SecurityToken.make()
  const enroll = async (key = token, change = {}) => {
    const { body } = await ask('POST', '/2fa', { method_type: 'u2f', name: 'key' })
    const [{ challenge, app_id: appId }] = body.u2f_registration_requests
    const otp = await key.register({ appId, challenge, ...change })
    return ask('PATCH', `/2fa/${body.id}`, { otp })
  }
  const finish = (otp: string, partial_session_id: string) =>
    service.logIn({ username: right.username, otp, partial_session_id }, { headers: SDK })
  /** The first step, and the challenge for the key. */
  const begin = async () => {
    const { data } = (await logIn()).body
    const [request] = data.u2f_sign_requests
    return { data, request, partial: data.partial_session_id as string }
  }
  return { ...opened, ask, token, enroll, finish, begin }
}

describe('A key enrolled by U2F', () => {
  it('signs as U2F clients do, instead of the password, once', async () => {
    const { enroll, begin, finish, token } = await withKey()
    expect((await enroll()).body).toMatchObject({ setup_complete: true, method_type: 'u2f' })
    const { request, partial, data } = await begin()
    expect(data.two_factor_authentication_methods).toEqual(['u2f', 'recovery_code'])
    expect(request).toEqual({
      app_id: ORIGIN,
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      sign_request: expect.objectContaining({ version: 'U2F_V2', keyHandle: token.id }),
    })
    const otp = await token.sign({ appId: ORIGIN, challenge: request.challenge })
    expect((await finish(otp, partial)).status).toBe(201)
    expect((await finish(otp, partial)).status).toBe(401)
    const next = await begin()
    expect((await finish(otp, next.partial)).body.type).toBe(WRONG)
  })

  it('signs by WebAuthn for the AppID, which the options name', async () => {
    const { enroll, begin, finish, token } = await withKey()
    await enroll()
    const { data, partial } = await begin()
    const { challenge, rpId, allowCredentials, extensions } = data.webauthn_authentication_options
    expect([rpId, extensions.appid]).toEqual([RP_ID, ORIGIN])
    expect(allowCredentials).toMatchObject([{ id: token.id }])
    const forRp = await token.assert({ rpId: ORIGIN, challenge, origin: ORIGIN })
    expect((await finish(forRp, partial)).body.type).toBe(WRONG)
    const forApp = await token.assert({ rpId: ORIGIN, challenge, origin: ORIGIN, appid: true })
    expect((await finish(forApp, partial)).status).toBe(201)
  })

  it.each([
    ['another challenge', { challenge: base64url.encode(new Uint8Array(32)) }],
    ['another origin', { origin: 'http://evil.example' }],
    ['another AppID', { appId: 'http://evil.example', origin: ORIGIN }],
  ])('is refused for %s, at registration and at login', async (_, change) => {
    const { enroll, begin, finish, token } = await withKey()
    const refused = await enroll(token, change)
    expect(refused.body.type).toBe(WRONG)
    await enroll()
    const { request, partial } = await begin()
    const asked = { appId: ORIGIN, challenge: request.challenge, ...change }
    expect((await finish(await token.sign(asked), partial)).body.type).toBe(WRONG)
  })

  it('is refused when its counter does not rise, since it may be a copy', async () => {
    const { enroll, begin, finish, token } = await withKey()
    await enroll()
    token.counter = 10
    const first = await begin()
    const sign = ({ challenge }: { challenge: string }) => token.sign({ appId: ORIGIN, challenge })
    expect((await finish(await sign(first.request), first.partial)).status).toBe(201)
    token.counter = 5
    const second = await begin()
    expect((await finish(await sign(second.request), second.partial)).body.type).toBe(WRONG)
  })

  it('of another user is refused, and a registered one cannot be registered again', async () => {
    const { enroll, begin, finish, service, home, by, token } = await withKey()
    const foreign = await SecurityToken.make()
    await enroll()
    const { request, partial } = await begin()
    const otp = await foreign.sign({ appId: ORIGIN, challenge: request.challenge })
    expect((await finish(otp, partial)).body.type).toBe(WRONG)
    const other = await service.createUser(home, { username: 'other' })
    const { body } = await service.logIn(other, { headers: SDK })
    const begun = await by(body.id)('POST', '/2fa', { method_type: 'u2f' })
    const [{ challenge }] = begun.body.u2f_registration_requests
    const registered = await token.register({ appId: ORIGIN, challenge })
    const taken = await by(body.id)('PATCH', `/2fa/${begun.body.id}`, { otp: registered })
    expect([taken.status, Object.keys(taken.body.model_errors)]).toEqual([422, ['otp']])
  })

  it('has exactly one winner when one response is sent 50 times at once', async () => {
    const { enroll, begin, finish, token } = await withKey({ userLockoutTries: 1_000 })
    await enroll()
    const { request, partial } = await begin()
    const otp = await token.sign({ appId: ORIGIN, challenge: request.challenge })
    const answers = await Promise.all(Array.from({ length: 50 }, () => finish(otp, partial)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })
})

describe('An assertion', () => {
  it.each([
    ['comes from a frame of another site', { crossOrigin: true as const }],
    ['has another type', { type: 'webauthn.create' }],
    ['has another origin', { origin: 'http://other.localhost' }],
    ['lacks user presence', { flags: 0 }],
    ['names another user', { userHandle: base64url.encode(new TextEncoder().encode('1')) }],
  ])('is refused that %s', async (_, change) => {
    const { enroll, begin, finish, token } = await withKey()
    await enroll()
    const { data, partial } = await begin()
    const { challenge } = data.webauthn_authentication_options
    const asked = { rpId: ORIGIN, challenge, origin: ORIGIN, appid: true as const }
    const bad = await token.assert({ ...asked, ...change })
    expect((await finish(bad, partial)).body.type).toBe(WRONG)
    expect((await finish(await token.assert(asked), partial)).status).toBe(201)
  })

  it('that is malformed is reported as a wrong code', async () => {
    const { enroll, begin, finish, token } = await withKey()
    await enroll()
    const { partial } = await begin()
    for (const otp of [
      '{',
      '{}',
      `{"id":"${token.id}"}`,
      `{"keyHandle":"${token.id}","clientData":"x","signatureData":"!"}`,
    ])
      expect((await finish(otp, partial)).body.type).toBe(WRONG)
  })

  it('reauthenticates its user and resets a password, each time with its own challenge', async () => {
    const { enroll, ask, token, service, clock } = await withKey()
    await enroll()
    clock.advance(11 * 60_000)
    const challengeOf = async () => {
      const { body } = await ask('POST', '/2fa/send_code', { u2f_only: true })
      return body.u2f_sign_requests[0].challenge as string
    }
    const challenge = await challengeOf()
    const code = await token.sign({ appId: ORIGIN, challenge })
    const proof = { 'X-Files-Reauthentication': `code:${code}` }
    const begin = () => ask('POST', '/2fa', { method_type: 'totp' }, proof)
    expect((await begin()).status).toBe(201)
    expect((await begin()).status).toBe(403)
    expect(await challengeOf()).not.toBe(challenge)

    await service.ask('POST', `${API}/sessions/forgot`, { body: { username: right.username } })
    const [, reset] = /code=([0-9a-f]{40})/.exec(service.mails.at(-1)?.text ?? '') ?? []
    const body = { code: reset, password: 'a quiet lamp by the window' }
    const send = (more = {}) =>
      service.ask('POST', `${API}/sessions/forgot/reset`, { body: { ...body, ...more } })
    const asked = await send()
    const [request] = asked.body.data.u2f_sign_requests
    expect((await send({ otp: code })).body.type).toBe(WRONG)
    const otp = await token.sign({ appId: ORIGIN, challenge: request.challenge })
    expect((await send({ otp })).status).toBe(204)
  })
})

describe('A DER signature', () => {
  it('is decoded in full or not at all', () => {
    const good = new Uint8Array([0x30, 6, 2, 1, 5, 2, 1, 7])
    expect(fromDer(good)?.filter((byte) => byte !== 0)).toEqual(new Uint8Array([5, 7]))
    for (let length = 0; length < good.length; length++)
      expect(fromDer(good.slice(0, length))).toBeNull()
    for (const bad of [
      [0x31, 6, 2, 1, 5, 2, 1, 7],
      [0x30, 6, 2, 9, 5, 2, 1, 7],
      [0x30, 0],
    ])
      expect(fromDer(new Uint8Array(bad))).toBeNull()
  })
})
