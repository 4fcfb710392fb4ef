import {
  base64url,
  calculateJwkThumbprint,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/storage/clock.ts'
import { env } from '../support/env.ts'
import { API, SDK, Service } from '../support/service.ts'

const right = { username: 'sessionuser', password: 'sessionuserpassword' }

async function loggedIn() {
  const service = new Service()
  const site = await service.createSite()
  const user = await service.createUser(site)
  const { body: session } = await service.logIn(right, { headers: SDK })
  const statusWith = async (token: string) =>
    (await service.ask('GET', `${API}/site`, { headers: { Authorization: `Bearer ${token}` } }))
      .status
  return { service, site, user, session, statusWith }
}

/** The service's own private key, for forging tokens that are wrong in one respect only. */
async function ownKey() {
  const [key] = JSON.parse(env.SIGNING_KEYS)
  return { kid: key.kid as string, key: await importJWK(key, 'ES256') }
}

describe('The session token', () => {
  it('names the user and the session, and expires at the session’s current timeout', async () => {
    const { service, site, user, session } = await loggedIn()
    expect(decodeProtectedHeader(session.token)).toEqual({
      alg: 'ES256',
      typ: 'latchkey-session+jwt',
      kid: (await ownKey()).kid,
    })
    const now = service.clock() / 1_000
    expect(decodeJwt(session.token)).toEqual({
      iss: 'http://localhost',
      aud: 'latchkey-session',
      sub: String(user.id),
      sid: expect.any(Number),
      site: site.id,
      region: 'us-east-1',
      multiple_regions: true,
      read_only: false,
      epoch: 1,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
      iat: now,
      exp: now + (6 * HOUR) / 1_000,
    })
  })

  it('is verified offline by a stock library with the published keys', async () => {
    const { service, session, user } = await loggedIn()
    const { body: jwks, headers } = await service.ask('GET', '/.well-known/jwks.json')
    expect(headers.get('Cache-Control')).toBe('public, max-age=300')
    const { payload } = await jwtVerify(session.token, createLocalJWKSet(jwks), {
      algorithms: ['ES256'],
      issuer: 'http://localhost',
      audience: 'latchkey-session',
      typ: 'latchkey-session+jwt',
      currentDate: new Date(service.clock()),
      maxTokenAge: '15 minutes',
    })
    expect(payload.sub).toBe(String(user.id))
  })

  it('is valid for this service alone while 2FA must be set up', async () => {
    const { service, session, statusWith } = await loggedIn()
    await env.DB_US_EAST_1.prepare('UPDATE sites SET require_2fa = 1').run()
    const { body } = await service.logIn(right)
    expect(decodeJwt(body.token).aud).toBe('latchkey-setup')
    expect(await statusWith(body.token)).toBe(200)
    const { body: jwks } = await service.ask('GET', '/.well-known/jwks.json')
    const verify = (token: string) =>
      jwtVerify(token, createLocalJWKSet(jwks), {
        audience: 'latchkey-session',
        currentDate: new Date(service.clock()),
      })
    await expect(verify(body.token)).rejects.toThrow('"aud"')
    await verify(session.token)
  })

  it('is valid for its own user’s session only, whatever id it names', async () => {
    const { service, site, session, statusWith } = await loggedIn()
    await service.createUser(site, { username: 'other' })
    await service.ask('DELETE', `${API}/sessions`, { headers: { 'X-FilesAPI-Auth': session.id } })
    await service.logIn({ ...right, username: 'other' })
    await env.DB_US_EAST_1.prepare('UPDATE keyed_sessions SET id = ?')
      .bind(decodeJwt(session.token).sid)
      .run()
    expect(await statusWith(session.token)).toBe(401)
  })

  it('has a public key set without private parts', async () => {
    const { body } = await new Service().ask('GET', '/.well-known/jwks.json')
    expect(body.keys.map((key: object) => Object.keys(key).sort())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
    ])
  })

  it('is renewed for an active session, by string or token', async () => {
    const { service, session } = await loggedIn()
    service.clock.advance(10 * MINUTE)
    for (const credential of [session.id, session.token]) {
      const { status, body } = await service.ask('POST', `${API}/sessions/token`, {
        headers: { 'X-FilesAPI-Auth': credential },
      })
      expect(status).toBe(201)
      expect(decodeJwt(body.token).exp).toBe(Date.parse(body.timeout_at) / 1_000)
      expect(decodeJwt(body.token).exp).toBe((service.clock() + 6 * HOUR) / 1_000)
    }
    await service.ask('DELETE', `${API}/sessions`, { headers: { 'X-FilesAPI-Auth': session.id } })
    const refused = await service.ask('POST', `${API}/sessions/token`, {
      headers: { 'X-FilesAPI-Auth': session.token },
    })
    expect(refused.status).toBe(401)
  })
})

describe('A forged session token', () => {
  const forgeries: Record<
    string,
    (claims: Record<string, unknown>, own: Awaited<ReturnType<typeof ownKey>>) => Promise<string>
  > = {
    'without a signature (alg none)': async (claims) => {
      const part = (value: unknown) => base64url.encode(JSON.stringify(value))
      return `${part({ alg: 'none', typ: 'latchkey-session+jwt' })}.${part(claims)}.`
    },
    'signed with HMAC by the public key': async (claims, { kid }) => {
      const [key] = JSON.parse(env.SIGNING_KEYS)
      const { d, ...publicJwk } = key
      const spki = await exportSPKI((await importJWK(publicJwk, 'ES256')) as never)
      return sign(claims, { alg: 'HS256', kid }, new TextEncoder().encode(spki))
    },
    'signed by another key under our kid': async (claims, { kid }) => {
      const { privateKey } = await generateKeyPair('ES256')
      return sign(claims, { kid }, privateKey)
    },
    'with its own key in the header (jwk)': async (claims) => {
      const { privateKey, publicKey } = await generateKeyPair('ES256')
      const jwk = await exportJWK(publicKey)
      return sign(claims, { jwk, kid: await calculateJwkThumbprint(jwk) }, privateKey)
    },
    'that points to its own keys (jku, x5u)': async (claims, { kid }) => {
      const { privateKey } = await generateKeyPair('ES256')
      const at = 'https://evil.example/keys'
      return sign(claims, { kid, jku: at, x5u: at }, privateKey)
    },
    'with a kid that is a path': async (claims, { key }) =>
      sign(claims, { kid: '../../etc/passwd' }, key),
    'with a kid that is SQL': async (claims, { key }) => sign(claims, { kid: "' OR 1=1 --" }, key),
    'without a kid': async (claims, { key }) => sign(claims, { kid: undefined }, key),
    'of another type': async (claims, { key, kid }) => sign(claims, { kid, typ: 'JWT' }, key),
    'for another audience': async (claims, { key, kid }) =>
      sign({ ...claims, aud: 'else' }, { kid }, key),
    'of another issuer': async (claims, { key, kid }) =>
      sign({ ...claims, iss: 'https://evil.example' }, { kid }, key),
    'that has expired': async (claims, { key, kid }) =>
      sign({ ...claims, exp: Number(claims.iat) - 1 }, { kid }, key),
    'that is not valid yet (nbf)': async (claims, { key, kid }) =>
      sign({ ...claims, nbf: Number(claims.iat) + 60 }, { kid }, key),
    'without an end': async ({ exp, ...claims }, { key, kid }) => sign(claims, { kid }, key),
    'without a session': async ({ sid, ...claims }, { key, kid }) => sign(claims, { kid }, key),
    'with a critical header we do not know': async (claims, { key, kid }) =>
      sign(claims, { kid, crit: ['b64'], b64: false }, key).catch(() => 'unsignable'),
  }

  it.each(Object.entries(forgeries))('%s is refused', async (_, forge) => {
    const { session, statusWith } = await loggedIn()
    const claims = decodeJwt(session.token)
    expect(
      await statusWith(await sign(claims, { kid: (await ownKey()).kid }, (await ownKey()).key)),
    ).toBe(200)
    expect(await statusWith(await forge(claims, await ownKey()))).toBe(401)
  })

  it('with one character changed, cut short or grown is refused', async () => {
    const { session, statusWith } = await loggedIn()
    const [header = '', payload = '', signature = ''] = session.token.split('.')
    const swap = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
    for (const token of [
      `${swap(header)}.${payload}.${signature}`,
      `${header}.${swap(payload)}.${signature}`,
      `${header}.${payload}.${swap(signature)}`,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      session.token.slice(0, -4),
      `${session.token}.${signature}`,
      '..',
    ])
      expect(await statusWith(token)).toBe(401)
  })
})

async function sign(
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  key: Parameters<SignJWT['sign']>[0],
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'latchkey-session+jwt', ...header } as never)
    .sign(key)
}
