import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import { API } from '../support/service.ts'

const HOST = 'mysite.localhost'
const ORIGIN = `http://${HOST}`
const UP_AND_UV = 5

function hiddenIn(page: string, name: string): string {
  const [, value = ''] = new RegExp(`name="${name}" value="([^"]*)"`).exec(page) ?? []
  return value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}

async function withPasskey() {
  const opened = await withSecondFactors()
  const { logIn, by, service, userId } = opened
  const { body: session } = await logIn()
  const token = await SecurityToken.make()
  const { body } = await by(session.id)('POST', '/2fa', { method_type: 'u2f' })
  const [{ challenge, app_id: appId }] = body.u2f_registration_requests
  const otp = await token.register({ appId, challenge })
  await by(session.id)('PATCH', `/2fa/${body.id}`, { otp })
  /** What the page lets a passkey sign. */
  const offer = async (host = HOST) => {
    const page = (await service.ask('GET', '/login', { host })).body as string
    const passkey = hiddenIn(page, 'passkey')
    const options = JSON.parse(hiddenIn(page, 'passkey_options') || 'null')
    return { passkey, options, challenge: options?.challenge as string }
  }
  const userHandle = base64url.encode(new TextEncoder().encode(String(userId)))
  const sign = (challenge: string, change = {}) =>
    token.assert({ rpId: HOST, origin: ORIGIN, challenge, userHandle, flags: UP_AND_UV, ...change })
  const send = (passkey: string, answer: string, host = HOST, origin = `http://${host}`) =>
    service.ask('POST', '/login/passkey', {
      ...{ host, headers: { Origin: origin } },
      body: { passkey, otp: answer },
    })
  const sessionOf = ({ headers }: { headers: Headers }) =>
    /__Host-latchkey=(\w+)/.exec(headers.getSetCookie().join())?.[1] ?? ''
  const use = async (sent: { headers: Headers }) => {
    const headers = { 'X-FilesAPI-Auth': sessionOf(sent) }
    return (await service.ask('GET', `${API}/site`, { headers })).status
  }
  return { ...opened, offer, sign, send, use }
}

describe('A passkey', () => {
  it('logs in alone, once for each offer, as two factors', async () => {
    const { offer, sign, send, use, by } = await withPasskey()
    const { passkey, challenge, options } = await offer()
    expect(options).toMatchObject({
      rpId: HOST,
      userVerification: 'required',
      allowCredentials: [],
    })
    const answer = await sign(challenge)
    const done = await send(passkey, answer)
    expect([done.status, done.headers.get('Location')]).toEqual([303, '/account'])
    expect(await use(done)).toBe(200)
    const session = /__Host-latchkey=(\w+)/.exec(done.headers.getSetCookie().join())?.[1] ?? ''
    expect((await by(session)('POST', '/2fa', { method_type: 'totp' })).status).toBe(201)
    expect((await send(passkey, answer)).status).toBe(401)
    expect((await send(passkey, await sign(challenge))).status).toBe(401)
  })

  it('has exactly one winner when one answer is sent 50 times at once', async () => {
    const { offer, sign, send } = await withPasskey()
    const { passkey, challenge } = await offer()
    const answer = await sign(challenge)
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(passkey, answer)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  })

  it.each([
    ['did not verify its user', { flags: 1 }],
    ['names nobody', { userHandle: '' }],
    ['names another user', { userHandle: base64url.encode(new TextEncoder().encode('12')) }],
    ['was used in a frame of another site', { crossOrigin: true as const }],
    ['is of another origin', { origin: 'http://localhost' }],
    ['signed another challenge', { challenge: base64url.encode(new Uint8Array(32)) }],
  ])('is refused that %s', async (_, change) => {
    const { offer, sign, send } = await withPasskey()
    const { passkey, challenge } = await offer()
    const { status, headers } = await send(passkey, await sign(challenge, change))
    expect([status, headers.getSetCookie()]).toEqual([401, []])
  })

  it('is offered for 10 minutes, at hosts of one site only, and good at this one alone', async () => {
    const { offer, sign, send, service, clock } = await withPasskey()
    expect((await offer('localhost')).options).toBeNull()
    await service.createSite({ subdomain: 'other' })
    const elsewhere = await offer('other.localhost')
    const there = await sign(elsewhere.challenge)
    expect((await send(elsewhere.passkey, there)).status).toBe(401)
    expect((await send(elsewhere.passkey, there, 'other.localhost')).status).toBe(401)
    const here = await offer()
    expect((await send(here.passkey, await sign(here.challenge), HOST, 'http://evil')).status).toBe(
      403,
    )
    clock.advance(10 * 60_000)
    expect((await send(here.passkey, await sign(here.challenge))).status).toBe(401)
  })

  it.each([
    ['is disabled', 'UPDATE users SET disabled = 1'],
    ['logs in by single sign-on only', `UPDATE users SET authentication_method = 'sso'`],
    ['has removed it', 'DELETE FROM second_factors'],
    ['may have none at this site', 'UPDATE sites SET allowed_2fa_method_u2f = 0'],
  ])('lets nobody in who %s', async (_, change) => {
    const { offer, sign, send } = await withPasskey()
    const { passkey, challenge } = await offer()
    await env.DB_US_EAST_1.prepare(change).run()
    expect((await send(passkey, await sign(challenge))).status).toBe(401)
  })
})
