import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import { SDK } from '../support/service.ts'
import { keyOptionsOn, shownBy } from '../support/test-browser.ts'

const WRONG = 'not-authenticated/one-time-password-incorrect'
const ORIGIN = 'http://mysite.localhost'
const RP_ID = 'mysite.localhost'

/** Values instead of base64url: empty, of a wrong length, with other letters, arbitrary. */
const FIELDS = ['', 'a', '%', 'AAAA', '\u0000', 'ab=', 'é', 'A'.repeat(3_000), null, 7, {}, []]

/** Responses that differ from a valid one in one place, at any depth. */
function spoilt(answer: object): string[] {
  return Object.entries(answer).flatMap(([name, value]) => [
    ...FIELDS.map((field) => JSON.stringify({ ...answer, [name]: field })),
    ...(typeof value === 'object' && value !== null
      ? spoilt(value).map((inner) => JSON.stringify({ ...answer, [name]: JSON.parse(inner) }))
      : []),
  ])
}

const NOT_ANSWERS = ['{', '[]', 'null', '7', '"x"', '{}', '{"id":"x"}', '{"__proto__":{"id":"x"}}']

async function open() {
  const opened = await withSecondFactors({ userLockout: false })
  const { logIn, by, service } = opened
  const { body: session } = await logIn()
  const ask = by(session.id)
  const token = await SecurityToken.make()
  const { body: factor } = await ask('POST', '/2fa', { method_type: 'u2f' })
  const [{ challenge }] = factor.u2f_registration_requests
  const complete = (otp: string) => ask('PATCH', `/2fa/${factor.id}`, { otp })
  const registration = await token.register({ appId: ORIGIN, challenge })
  const begin = async () => {
    const { data } = (await service.logIn(right, { headers: SDK, host: RP_ID })).body
    const { challenge } = data.webauthn_authentication_options
    return { partial_session_id: data.partial_session_id as string, challenge }
  }
  const finish = (otp: string, partial_session_id: string) =>
    service.logIn(
      { username: right.username, otp, partial_session_id },
      { headers: SDK, host: RP_ID },
    )
  return { ...opened, token, complete, registration, begin, finish }
}

describe('A security key response with one corrupted field', () => {
  it('registers nothing, and is reported as a wrong code', async () => {
    const { complete, registration } = await open()
    const attestation = { clientDataJSON: 'AAAA', attestationObject: 'oA' }
    const byWebAuthn = { id: 'x', rawId: 'x', type: 'public-key', response: attestation }
    const { version, ...answer } = JSON.parse(registration)
    for (const otp of [...NOT_ANSWERS, ...spoilt(answer), ...spoilt(byWebAuthn)]) {
      const { status, body } = await complete(otp)
      expect([status, body.type], otp.slice(0, 200)).toEqual([401, WRONG])
    }
    expect((await complete(registration)).status).toBe(200)
  })

  it('logs nobody in, and is reported as a wrong code', async () => {
    const { complete, registration, begin, finish, token } = await open()
    await complete(registration)
    const first = await begin()
    const asked = { challenge: first.challenge, origin: ORIGIN }
    const signature = JSON.parse(await token.sign({ ...asked, appId: ORIGIN }))
    const assertion = JSON.parse(await token.assert({ ...asked, rpId: ORIGIN, appid: true }))
    let { partial_session_id } = first
    for (const [nth, otp] of [
      ...NOT_ANSWERS,
      ...spoilt(signature),
      ...spoilt(assertion),
    ].entries()) {
      if (nth % 4 === 0) ({ partial_session_id } = await begin())
      const { status, body } = await finish(otp, partial_session_id)
      expect([status, body.type], otp.slice(0, 200)).toEqual([401, WRONG])
    }
  })

  it('is not accepted as a passkey', async () => {
    const { complete, registration, token, service, userId } = await open()
    await complete(registration)
    const page = (await service.ask('GET', '/login', { host: RP_ID })).body as string
    const { passkey } = await shownBy(service, page, '/login/passkey')
    const { challenge } = keyOptionsOn(page)
    const userHandle = base64url.encode(new TextEncoder().encode(String(userId)))
    const good = { rpId: RP_ID, origin: ORIGIN, challenge, userHandle, flags: 5 }
    const { clientExtensionResults, ...answer } = JSON.parse(await token.assert(good))
    for (const otp of [...NOT_ANSWERS, ...spoilt(answer)]) {
      const { status } = await service.ask('POST', '/login/passkey', {
        host: RP_ID,
        headers: { Origin: ORIGIN },
        body: { passkey, otp },
      })
      expect(status, otp.slice(0, 200)).toBe(401)
    }
  })
})
