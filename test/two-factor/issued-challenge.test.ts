import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import { SDK } from '../support/service.ts'
import { logInBySso, withProvider } from '../support/single-sign-on.ts'

const ORIGIN = 'http://mysite.localhost'
const RP_ID = 'mysite.localhost'
const WRONG = 'not-authenticated/one-time-password-incorrect'

/** A user with a key that was registered by WebAuthn, or enrolled by U2F. */
async function withKey(by: 'webauthn' | 'u2f') {
  const opened = await withSecondFactors({ userLockout: false })
  const ask = opened.by((await opened.logIn()).body.id)
  const token = await SecurityToken.make()
  const { body } = await ask('POST', '/2fa', { method_type: by })
  const { challenge } = body.webauthn_registration_options
  const otp =
    by === 'u2f'
      ? await token.register({ appId: ORIGIN, challenge })
      : await token.create({ rpId: RP_ID, origin: ORIGIN, challenge })
  expect((await ask('PATCH', `/2fa/${body.id}`, { otp })).body.setup_complete).toBe(true)
  return { ...opened, ask, token }
}

/** Values in the form or the place of a challenge that were never issued. */
const NEVER_ISSUED = ['', ' ', 'AA', 'null', 'undefined', base64url.encode(new Uint8Array(32))]

describe('An assertion over a challenge that was never issued', () => {
  it.each(NEVER_ISSUED)('is refused with the password: "%s"', async (challenge) => {
    const { logIn, token } = await withKey('webauthn')
    const otp = await token.assert({ rpId: RP_ID, origin: ORIGIN, challenge })
    for (const more of [{}, { partial_session_id: null }, { partial_session_id: '' }])
      expect((await logIn({ otp, ...more })).body.type).toBe(WRONG)
  })

  it.each(NEVER_ISSUED)('is refused for a key enrolled by U2F: "%s"', async (challenge) => {
    const { logIn, token } = await withKey('u2f')
    for (const otp of [
      await token.sign({ appId: ORIGIN, challenge }),
      await token.assert({ rpId: ORIGIN, origin: ORIGIN, challenge, appid: true }),
    ])
      expect((await logIn({ otp })).body.type).toBe(WRONG)
  })

  it('is refused with another user’s partial session', async () => {
    const { service, home, logIn, token, by } = await withKey('webauthn')
    const other = await service.createUser(home, { username: 'other' })
    const { body: session } = await service.logIn(other, { headers: SDK })
    const ask = by(session.id)
    const { body: begun } = await ask('POST', '/2fa', { method_type: 'webauthn' })
    const key = await SecurityToken.make()
    const { challenge: asked } = begun.webauthn_registration_options
    const registered = await key.create({ rpId: RP_ID, origin: ORIGIN, challenge: asked })
    await ask('PATCH', `/2fa/${begun.id}`, { otp: registered })
    const { data } = (await service.logIn(other, { headers: SDK })).body
    const { challenge } = data.webauthn_authentication_options
    const otp = await token.assert({ rpId: RP_ID, origin: ORIGIN, challenge })
    const { partial_session_id } = data
    expect((await logIn({ otp, partial_session_id })).body.type).toBe(WRONG)
    const own = (await logIn()).body.data
    const { challenge: good } = own.webauthn_authentication_options
    const signed = await token.assert({ rpId: RP_ID, origin: ORIGIN, challenge: good })
    const { partial_session_id: partial } = own
    expect((await logIn({ otp: signed, partial_session_id: partial })).status).toBe(201)
  })

  it('is refused after single sign-on when no step asked for it', async () => {
    const sso = await withProvider()
    const { service, site, host } = sso
    const origin = `http://${host}`
    const jane = { username: 'jane', email: 'jane@acme.example', emailIsVerified: true }
    await service.createUser(site, jane)
    const first = await logInBySso(sso)
    const headers = { ...SDK, 'X-FilesAPI-Auth': first.body.id }
    const ask = (method: string, path: string, body: Record<string, unknown>) =>
      service.ask(method, `/api/rest/v1${path}`, { headers, body, host })
    const token = await SecurityToken.make()
    const { body } = await ask('POST', '/2fa', { method_type: 'webauthn' })
    const { challenge } = body.webauthn_registration_options
    const otp = await token.create({ rpId: host, origin, challenge })
    expect((await ask('PATCH', `/2fa/${body.id}`, { otp })).status).toBe(200)
    for (const challenge of NEVER_ISSUED) {
      const answer = await token.assert({ rpId: host, origin, challenge })
      expect((await logInBySso(sso, {}, { otp: answer })).status, challenge).toBe(401)
    }
  })

  it('does not reauthenticate anybody', async () => {
    const { ask, token, clock } = await withKey('webauthn')
    clock.advance(11 * 60_000)
    for (const challenge of NEVER_ISSUED) {
      const code = await token.assert({ rpId: RP_ID, origin: ORIGIN, challenge })
      const proof = { 'X-Files-Reauthentication': `code:${code}` }
      expect((await ask('POST', '/2fa', { method_type: 'totp' }, proof)).status).toBe(403)
    }
  })
})

describe('A challenge that no partial session carries', () => {
  it('changes after each use, even when the clock stands still and the key has no counter', async () => {
    const { ask, token, clock } = await withKey('webauthn')
    clock.advance(11 * 60_000)
    const challengeOf = async () => {
      const { body } = await ask('POST', '/2fa/send_code', { u2f_only: true })
      return body.webauthn_authentication_options.challenge as string
    }
    const proveBy = (code: string) => {
      const proof = { 'X-Files-Reauthentication': `code:${code}` }
      return ask('POST', '/2fa', { method_type: 'totp' }, proof)
    }
    const used: string[] = []
    for (let nth = 0; nth < 3; nth++) {
      const challenge = await challengeOf()
      expect(used).not.toContain(challenge)
      used.push(challenge)
      token.counter = -1
      const code = await token.assert({ rpId: RP_ID, origin: ORIGIN, challenge })
      expect((await proveBy(code)).status).toBe(201)
      expect((await proveBy(code)).status).toBe(403)
    }
  })
})
