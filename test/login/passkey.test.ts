import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { EVERY_ATTEMPT } from '../support/every-attempt.ts'
import { interposed } from '../support/interposed-database.ts'
import { right, withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import { API, type Service } from '../support/service.ts'
import { keyOptionsOn, shownBy } from '../support/test-browser.ts'

const HOST = 'mysite.localhost'
const ORIGIN = `http://${HOST}`
const UP_AND_UV = 5

async function withPasskey() {
  const opened = await withSecondFactors()
  const { logIn, by, service, userId } = opened
  const { body: session } = await logIn()
  const token = await SecurityToken.make()
  const { body } = await by(session.id)('POST', '/2fa', { method_type: 'u2f' })
  const [{ challenge, app_id: appId }] = body.u2f_registration_requests
  const otp = await token.register({ appId, challenge })
  await by(session.id)('PATCH', `/2fa/${body.id}`, { otp })
  /** The challenge that the page gives a passkey. */
  const offer = async (host = HOST) => {
    const page = (await service.ask('GET', '/login', { host })).body as string
    const { passkey = '' } = await shownBy(service, page, '/login/passkey')
    const options = keyOptionsOn(page)
    return { passkey, options, challenge: options?.challenge as string }
  }
  const userHandle = base64url.encode(new TextEncoder().encode(String(userId)))
  const sign = (challenge: string, change = {}) =>
    token.assert({ rpId: HOST, origin: ORIGIN, challenge, userHandle, flags: UP_AND_UV, ...change })
  const send = (passkey: string, answer: string, host = HOST, origin = `http://${host}`) =>
    service.ask('POST', '/login/passkey', {
      host,
      headers: { Origin: origin },
      body: { passkey, otp: answer },
    })
  const sessionOf = ({ headers }: { headers: Headers }) =>
    /__Host-latchkey=(\w+)/.exec(headers.getSetCookie().join())?.[1] ?? ''
  const use = async (sent: { headers: Headers }) => {
    const headers = { 'X-FilesAPI-Auth': sessionOf(sent) }
    return (await service.ask('GET', `${API}/site`, { headers })).status
  }
  /** The refusals in the login history: the outcome and the user. */
  const refusals = async () =>
    (
      await env.DB_US_EAST_1.prepare(
        `SELECT outcome, user_id, username FROM ${EVERY_ATTEMPT} WHERE outcome <> 'none' ORDER BY outcome`,
      ).all()
    ).results
  return { ...opened, offer, sign, send, use, refusals }
}

function handleOf(id: number): string {
  return base64url.encode(new TextEncoder().encode(String(id)))
}

describe('A passkey', () => {
  it('logs in alone as two factors, once for each challenge', async () => {
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

  it('has exactly one winner when one response is sent 50 times at once', async () => {
    const { offer, sign, send } = await withPasskey()
    const { passkey, challenge } = await offer()
    const answer = await sign(challenge)
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(passkey, answer)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  })

  it.each([
    ['did not verify its user', { flags: 1 }],
    ['names no user', { userHandle: '' }],
    ['names another user', { userHandle: base64url.encode(new TextEncoder().encode('12')) }],
    ['comes from a frame of another site', { crossOrigin: true as const }],
    ['has another origin', { origin: 'http://localhost' }],
    ['signed another challenge', { challenge: base64url.encode(new Uint8Array(32)) }],
  ])('is refused that %s', async (_, change) => {
    const { offer, sign, send } = await withPasskey()
    const { passkey, challenge } = await offer()
    const { status, headers } = await send(passkey, await sign(challenge, change))
    expect([status, headers.getSetCookie()]).toEqual([401, []])
  })

  it('is offered for 10 minutes, at hosts of one site only, and valid for this one only', async () => {
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
    ['is at a site that does not allow them', 'UPDATE sites SET allowed_2fa_method_u2f = 0'],
  ])('logs in no user who %s', async (_, change) => {
    const { offer, sign, send } = await withPasskey()
    const { passkey, challenge } = await offer()
    await env.DB_US_EAST_1.prepare(change).run()
    expect((await send(passkey, await sign(challenge))).status).toBe(401)
  })
})

describe('A refused passkey in the login history', () => {
  it.each([
    ['did not verify its user', { flags: 1 }],
    ['comes from a frame of another site', { crossOrigin: true as const }],
    ['has another origin', { origin: 'http://localhost' }],
    ['signed another challenge', { challenge: base64url.encode(new Uint8Array(32)) }],
  ])('is recorded for the user that it names when it %s', async (_, change) => {
    const { offer, sign, send, refusals, userId } = await withPasskey()
    const { passkey, challenge } = await offer()
    await send(passkey, await sign(challenge, change))
    expect(await refusals()).toEqual([
      { outcome: 'key_mismatch', user_id: userId, username: 'sessionuser' },
    ])
  })

  it('is recorded for no user when it names none, or one of another site', async () => {
    const { offer, sign, send, refusals, service } = await withPasskey()
    const other = await service.createSite({ subdomain: 'other' })
    const { id } = await service.createUser(other, { username: 'other' })
    const { passkey, challenge } = await offer()
    for (const userHandle of ['', handleOf(12), handleOf(id)])
      await send(passkey, await sign(challenge, { userHandle }))
    await send(passkey, '{')
    const nobody = { outcome: 'username_not_found', user_id: null, username: '' }
    const ofOther = { ...nobody, outcome: 'site_mismatch' }
    expect(await refusals()).toEqual([ofOther, nobody, nobody, nobody])
  })

  it('is recorded when its challenge is another host’s, forged, expired or used', async () => {
    const { offer, sign, send, refusals, service, clock } = await withPasskey()
    await service.createSite({ subdomain: 'other' })
    const elsewhere = await offer('other.localhost')
    await send(elsewhere.passkey, await sign(elsewhere.challenge))
    await send('x', await sign(base64url.encode(new Uint8Array(32))))
    const { passkey, challenge } = await offer()
    expect((await send(passkey, await sign(challenge))).status).toBe(303)
    await send(passkey, await sign(challenge))
    const late = await offer()
    clock.advance(10 * 60_000)
    await send(late.passkey, await sign(late.challenge))
    expect((await refusals()).map(({ outcome }) => outcome)).toEqual(Array(4).fill('key_mismatch'))
  })

  it('is recorded once for each of 20 sent at once, except the one that logs in', async () => {
    const { offer, sign, send, refusals } = await withPasskey()
    const { passkey, challenge } = await offer()
    const answer = await sign(challenge)
    await Promise.all(Array.from({ length: 20 }, () => send(passkey, answer)))
    expect((await refusals()).map(({ outcome }) => outcome)).toEqual(Array(19).fill('key_mismatch'))
  })

  it('is recorded with the reason that the primary has, set while it was checked', async () => {
    const { offer, sign, send, refusals, service } = await withPasskey()
    const { passkey, challenge } = await offer()
    const answer = await sign(challenge)
    service.env.DB_US_EAST_1 = interposed(env.DB_US_EAST_1, 'known_addresses', (database) =>
      database.prepare('UPDATE users SET disabled = 1').run(),
    )
    expect((await send(passkey, answer)).status).toBe(401)
    expect(await refusals()).toMatchObject([{ outcome: 'disabled' }])
  })
})

describe('A lockout', () => {
  const guess = (service: Service, times: number) =>
    Promise.all(
      Array.from({ length: times }, (_, nth) =>
        service.logIn(
          { ...right, password: `wrong ${nth}` },
          { host: HOST, headers: { 'CF-Connecting-IP': '198.51.100.9' } },
        ),
      ),
    )
  const logIn = async (service: Service) =>
    (await service.logIn(right, { host: HOST })).body.type ?? 201

  it('by wrong passwords does not block a passkey, and a passkey does not end it', async () => {
    const { offer, sign, send, service } = await withPasskey()
    await guess(service, 10)
    expect(await logIn(service)).toBe('not-authenticated/locked-out')
    const { passkey, challenge } = await offer()
    expect((await send(passkey, await sign(challenge))).status).toBe(303)
    expect(await logIn(service)).toBe('not-authenticated/locked-out')
  })

  it('is not caused by wrong passkeys, which anybody can send for anybody', async () => {
    const { offer, sign, send, service } = await withPasskey()
    const { passkey, challenge } = await offer()
    for (let nth = 0; nth < 12; nth++) await send(passkey, await sign(challenge, { flags: 1 }))
    await guess(service, 9)
    expect(await logIn(service)).toBe('not-authenticated/two-factor-authentication-error')
  })
})
