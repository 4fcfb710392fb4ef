import { afterEach, describe, expect, it, vi } from 'vitest'
import { readYubikeyOtp } from '../../src/two-factor/yubico.ts'
import { env } from '../support/env.ts'
import { withSecondFactors } from '../support/second-factors.ts'
import { ValidationServer, Yubikey } from '../support/yubikey.ts'

const WRONG = 'not-authenticated/one-time-password-incorrect'
const DOWN = 'service-unavailable/second-factor-unavailable'

afterEach(() => vi.restoreAllMocks())

async function withYubikey(site = {}) {
  const key = new Yubikey()
  const other = new Yubikey()
  const server = new ValidationServer(key, other)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) =>
    server.answer(new URL(String(input))),
  )
  const opened = await withSecondFactors(
    site,
    {},
    {
      YUBICO_CLIENT_ID: server.clientId,
      YUBICO_API_KEY: server.apiKey,
      YUBICO_URL: 'https://yubico.example/wsapi/2.0/verify',
    },
  )
  const { body: session } = await opened.logIn()
  const ask = opened.by(session.id)
  const add = async (otp: string) => {
    const { body } = await ask('POST', '/2fa', { method_type: 'yubi', name: 'keyring' })
    return ask('PATCH', `/2fa/${body.id}`, { otp })
  }
  return { ...opened, key, other, server, add, ask }
}

describe('A Yubikey', () => {
  it('is set up by its first password, and logs in with each of the next, once', async () => {
    const { key, add, logIn, server } = await withYubikey()
    const done = await add(key.touch())
    expect([done.status, done.body.setup_complete]).toEqual([200, true])
    const otp = key.touch()
    expect((await logIn()).body.data.two_factor_authentication_methods).toEqual([
      'yubi',
      'recovery_code',
    ])
    expect((await logIn({ otp: otp.toUpperCase() })).status).toBe(201)
    expect((await logIn({ otp })).body.type).toBe(WRONG)
    const [query] = server.asked
    expect(query?.get('nonce')).toMatch(/^[0-9a-f]{32}$/)
    expect(new Set(server.asked.map((one) => one.get('nonce'))).size).toBe(server.asked.length)
  })

  it('of another user is refused before the server is asked', async () => {
    const { key, other, add, logIn, server } = await withYubikey()
    await add(key.touch())
    const before = server.asked.length
    expect((await logIn({ otp: other.touch() })).body.type).toBe(WRONG)
    expect(server.asked).toHaveLength(before)
  })

  it('has exactly one winner when one password is used 50 times at once', async () => {
    const { key, add, logIn } = await withYubikey({ userLockoutTries: 1_000 })
    await add(key.touch())
    const otp = key.touch()
    const answers = await Promise.all(Array.from({ length: 50 }, () => logIn({ otp })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it('has one winner, too, at a server that accepts each password again and again', async () => {
    const { key, add, logIn, server } = await withYubikey({ userLockoutTries: 1_000 })
    await add(key.touch())
    server.spoil = async (reply) => {
      const taken = { ...reply, status: 'OK', sessioncounter: '1', sessionuse: '7' }
      return { ...taken, h: await server.sign(taken) }
    }
    const otp = key.touch()
    const answers = await Promise.all(Array.from({ length: 20 }, () => logIn({ otp })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it.each([
    'BAD_OTP',
    'REPLAYED_OTP',
    'REPLAYED_REQUEST',
    'BAD_SIGNATURE',
    'MISSING_PARAMETER',
    'NO_SUCH_CLIENT',
    'OPERATION_NOT_ALLOWED',
    'SOMETHING_NEW',
  ])('is refused when the server reports %s', async (status) => {
    const { key, add, logIn, server } = await withYubikey()
    await add(key.touch())
    server.spoil = async (reply) => ({
      ...reply,
      status,
      h: await server.sign({ ...reply, status }),
    })
    expect((await logIn({ otp: key.touch() })).body.type).toBe(WRONG)
  })

  it.each([
    [
      'another password',
      (reply: Record<string, string>) => ({ ...reply, otp: `${'c'.repeat(44)}` }),
    ],
    ['another nonce', (reply: Record<string, string>) => ({ ...reply, nonce: '0'.repeat(32) })],
  ])('is refused when a signed reply is about %s', async (_, change) => {
    const { key, add, logIn, server } = await withYubikey()
    await add(key.touch())
    server.spoil = async (reply) => ({ ...change(reply), h: await server.sign(change(reply)) })
    expect((await logIn({ otp: key.touch() })).body.type).toBe(WRONG)
  })

  it.each([
    ['no session counter', { sessioncounter: '', sessionuse: '9999' }],
    ['no use in the session', { sessioncounter: '99', sessionuse: '' }],
    ['a counter that is not a number', { sessioncounter: '0x7f', sessionuse: '1e3' }],
    ['no nonce', { nonce: '' }],
    ['no status', { status: '' }],
  ])('is refused when a signed reply has %s', async (_, change) => {
    const { key, add, logIn, server } = await withYubikey()
    await add(key.touch())
    server.spoil = async (reply) => {
      const changed = { ...reply, ...change }
      const without = Object.fromEntries(Object.entries(changed).filter(([, value]) => value))
      // Missing or empty: neither is a value.
      const spoilt = server.asked.length % 2 ? changed : without
      return { ...spoilt, h: await server.sign(spoilt) }
    }
    for (const otp of [key.touch(), key.touch()])
      expect((await logIn({ otp })).body.type).toBe(WRONG)
  })

  it.each([
    ['is down', () => new Response('', { status: 503 })],
    ['is overloaded', () => null],
    [
      'is an impostor without the signing key',
      (reply: Record<string, string>) => ({ ...reply, h: 'AAAA' }),
    ],
    ['sends no signature', ({ h, ...reply }: Record<string, string>) => reply],
  ])('returns 503 and counts no failed attempt when the server %s', async (_, spoil) => {
    const { key, add, logIn, server } = await withYubikey()
    await add(key.touch())
    server.spoil = async (reply) => {
      const busy = { ...reply, status: 'NOT_ENOUGH_ANSWERS' }
      return (spoil(reply) ?? { ...busy, h: await server.sign(busy) }) as Record<string, string>
    }
    const { status, body, headers } = await logIn({ otp: key.touch() })
    expect([status, body.type, headers.get('Retry-After')]).toEqual([503, DOWN, '10'])
    const failures = await env.DB_US_EAST_1.prepare('SELECT * FROM login_failures').all()
    expect(failures.results).toEqual([])
    server.spoil = (reply) => reply
    expect((await logIn({ otp: key.touch() })).status).toBe(201)
  })

  it('cannot be set up when no server is configured', async () => {
    const { logIn, by } = await withSecondFactors()
    const { body } = await logIn()
    const refused = await by(body.id)('POST', '/2fa', { method_type: 'yubi' })
    expect([refused.status, Object.keys(refused.body.model_errors)]).toEqual([422, ['method_type']])
  })

  it('types 44 characters of modhex, and nothing else is accepted as one', () => {
    const otp = new Yubikey().touch()
    expect(readYubikeyOtp(` ${otp}\n`)).toEqual({ otp, publicId: otp.slice(0, 12) })
    for (const typed of ['', otp.slice(1), `${otp}c`, otp.replace(/.$/, 'a'), otp.slice(12)])
      expect(readYubikeyOtp(typed)).toBeNull()
  })
})

describe('The Yubikey simulator of these tests', () => {
  it('computes the values of Yubico’s own tests', async () => {
    const { crc16, decrypted, fromModhex, modhex } = await import('../support/yubikey.ts')
    expect(modhex(new Uint8Array([0, 1, 2, 0x12, 0xef, 0xff]))).toBe('cccbcdbduvvv')
    expect(crc16(new TextEncoder().encode('123456789'))).toBe(0x6f91)
    const aesKey = new Uint8Array(16).map((_, nth) => nth)
    for (const otp of ['dvgtiblfkbgturecfllberrvkinnctnn', 'rnibcnfhdninbrdebccrndfhjgnhftee']) {
      const plain = decrypted(aesKey, fromModhex(otp))
      expect(crc16(plain)).toBe(0xf0b8)
      expect([...plain.subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, 6])
    }
    const key = new Yubikey()
    const answer = await new ValidationServer(key).answer(new URL('http://x/?id=1&otp=x'))
    expect(await answer.text()).toContain('status=BAD_SIGNATURE')
  })
})
