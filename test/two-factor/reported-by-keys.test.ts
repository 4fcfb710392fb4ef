import { describe, expect, it } from 'vitest'
import { env } from '../support/env.ts'
import { withSecondFactors } from '../support/second-factors.ts'
import { SecurityToken } from '../support/security-token.ts'
import { SDK } from '../support/service.ts'

const ORIGIN = 'http://mysite.localhost'
const RP_ID = 'mysite.localhost'
const WRONG = 'not-authenticated/one-time-password-incorrect'
const BASE64URL = /^[\w-]+$/

/** A user with a valid key, who registers others. */
async function withKey() {
  const opened = await withSecondFactors({ userLockout: false })
  let ask = opened.by((await opened.logIn()).body.id)
  const begin = async (method = 'webauthn') => {
    const { body } = await ask('POST', '/2fa', { method_type: method })
    const options = body.webauthn_registration_options
    readAsBrowser(options, options.excludeCredentials)
    const complete = (otp: string) => ask('PATCH', `/2fa/${body.id}`, { otp })
    return { challenge: options.challenge as string, complete }
  }
  const register = async (token: SecurityToken, said: Record<string, unknown> = {}) => {
    const { challenge, complete } = await begin()
    return complete(await token.create({ rpId: RP_ID, origin: ORIGIN, challenge, ...said }))
  }
  /** Logs in with a key, using the options that a browser has parsed. */
  const logInBy = async (token: SecurityToken) => {
    const { data } = (await opened.logIn()).body
    const { challenge, allowCredentials, ...options } = data.webauthn_authentication_options
    readAsBrowser(options, allowCredentials)
    const ids: string[] = allowCredentials.map(({ id }: { id: string }) => id).sort()
    const otp = await token.assert({ rpId: RP_ID, origin: ORIGIN, challenge })
    const sent = { username: 'sessionuser', otp, partial_session_id: data.partial_session_id }
    const { status, body } = await opened.service.logIn(sent, { headers: SDK })
    // Changing them requires a recent second factor.
    if (status === 201) ask = opened.by(body.id)
    return { ids, status }
  }
  const good = await SecurityToken.make()
  expect((await register(good, { transports: ['usb', 'nfc'] })).status).toBe(200)
  await logInBy(good)
  return { ...opened, begin, register, logInBy, good }
}

/** Throws like a browser's parser: it reads a Web IDL dictionary, and one invalid member spoils all. */
function readAsBrowser(options: { rpId?: unknown; rp?: { id: unknown } }, keys: unknown): void {
  expect(typeof (options.rpId ?? options.rp?.id)).toBe('string')
  expect(Array.isArray(keys)).toBe(true)
  for (const key of keys as Record<string, unknown>[]) {
    expect(key.type).toBe('public-key')
    expect(key.id).toMatch(BASE64URL)
    if (!('transports' in key)) continue
    expect(Array.isArray(key.transports), JSON.stringify(key.transports)).toBe(true)
    for (const one of key.transports as unknown[]) expect(typeof one).toBe('string')
  }
}

async function keptOf({ id }: SecurityToken): Promise<unknown> {
  const select = 'SELECT transports FROM second_factors WHERE credential_id = ?'
  return (await env.DB_US_EAST_1.prepare(select).bind(id).first())?.transports
}

describe('The transports that a security key reports', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'usb'],
    ['a number', 7],
    ['a list of numbers', [1]],
    ['a list with null', ['usb', null]],
    ['a list of lists', [['usb']]],
    ['an object', { 0: 'usb', length: 1 }],
    ['an endless list', Array.from({ length: 500 }, () => 'usb')],
    ['an endless string', ['x'.repeat(5_000)]],
    ['invalid strings', ['\ud800', 'u\u0000b']],
  ])('never break other keys: %s', async (_, transports) => {
    const { register, logInBy, good } = await withKey()
    const other = await SecurityToken.make()
    expect((await register(other, { transports })).body.setup_complete).toBe(true)
    expect([await keptOf(good), await keptOf(other)]).toEqual(['["usb","nfc"]', '[]'])
    expect(await logInBy(good)).toEqual({ ids: [good.id, other.id].sort(), status: 201 })
    expect((await logInBy(other)).status).toBe(201)
    expect((await register(await SecurityToken.make())).status).toBe(200)
  })

  it('are stored when they are a list of strings, known or not', async () => {
    const { register } = await withKey()
    const token = await SecurityToken.make()
    await register(token, { transports: ['hybrid', 'smart-card', 'x-beam'] })
    expect(await keptOf(token)).toBe('["hybrid","smart-card","x-beam"]')
  })

  it.each(['null', '"usb"', '[1]', '[null]', '{}', '{', '', 'usb'])(
    'are ignored when stored malformed before the check existed: %s',
    async (kept) => {
      const { register, logInBy, good } = await withKey()
      const other = await SecurityToken.make()
      await register(other)
      const change = 'UPDATE second_factors SET transports = ? WHERE credential_id = ?'
      await env.DB_US_EAST_1.prepare(change).bind(kept, other.id).run()
      expect(await logInBy(good)).toEqual({ ids: [good.id, other.id].sort(), status: 201 })
      expect((await logInBy(other)).status).toBe(201)
    },
  )
})

describe('The credential ID that a security key reports', () => {
  it.each([0, 1, 15, 1_024])('is refused with %i bytes', async (length) => {
    const { register, logInBy, good } = await withKey()
    const credentialId = crypto.getRandomValues(new Uint8Array(length))
    const refused = await register(await SecurityToken.make(), { credentialId })
    expect([refused.status, refused.body.type]).toEqual([401, WRONG])
    expect(await logInBy(good)).toEqual({ ids: [good.id], status: 201 })
  })

  it.each([16, 1_023])('is accepted with %i bytes', async (length) => {
    const { register } = await withKey()
    const credentialId = crypto.getRandomValues(new Uint8Array(length))
    expect((await register(await SecurityToken.make(), { credentialId })).status).toBe(200)
  })

  it.each(['', 'a', 'no base64', 'ab=', 'é'])(
    'is ignored when stored as "%s", and so is its key',
    async (id) => {
      const { register, logInBy, good } = await withKey()
      const other = await SecurityToken.make()
      await register(other)
      const change = 'UPDATE second_factors SET credential_id = ? WHERE credential_id = ?'
      await env.DB_US_EAST_1.prepare(change).bind(id, other.id).run()
      expect(await logInBy(good)).toEqual({ ids: [good.id], status: 201 })
      expect((await register(await SecurityToken.make())).status).toBe(200)
    },
  )

  it('is refused from a U2F client when it is empty', async () => {
    const { begin, logInBy, good } = await withKey()
    const token = await SecurityToken.make(0)
    const { challenge, complete } = await begin('u2f')
    const refused = await complete(await token.register({ appId: ORIGIN, challenge }))
    expect([refused.status, refused.body.type]).toEqual([401, WRONG])
    expect(await logInBy(good)).toEqual({ ids: [good.id], status: 201 })
  })
})
