import { URI } from 'otpauth'
import { describe, expect, it } from 'vitest'
import {
  base32,
  fromBase32,
  type HashName,
  hotp,
  newTotpSecret,
  provisioningUri,
  stepOfCode,
  timeStep,
} from '../../src/two-factor/totp.ts'

const bytes = (text: string) => new Uint8Array([...text].map((one) => one.charCodeAt(0)))
const key = (length: number) => bytes('1234567890'.repeat(7).slice(0, length))

describe('HOTP', () => {
  it('computes the values of RFC 4226, appendix D', async () => {
    const codes = await Promise.all([...Array(10).keys()].map((counter) => hotp(key(20), counter)))
    expect(codes.join(' ')).toBe(
      '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489',
    )
  })
})

describe('TOTP', () => {
  const vectors: [number, string, string, string][] = [
    [59, '94287082', '46119246', '90693936'],
    [1_111_111_109, '07081804', '68084774', '25091201'],
    [1_111_111_111, '14050471', '67062674', '99943326'],
    [1_234_567_890, '89005924', '91819424', '93441116'],
    [2_000_000_000, '69279037', '90698825', '38618901'],
    [20_000_000_000, '65353130', '77737706', '47863826'],
  ]
  it.each(vectors)(
    'computes the values of RFC 6238, appendix B, at %d',
    async (seconds, ...codes) => {
      const hashes: [HashName, number][] = [
        ['SHA-1', 20],
        ['SHA-256', 32],
        ['SHA-512', 64],
      ]
      const step = timeStep(seconds * 1_000)
      const given = hashes.map(([hash, length]) => hotp(key(length), step, { digits: 8, hash }))
      expect(await Promise.all(given)).toEqual(codes)
    },
  )

  it('accepts the step before and after, and no other', async () => {
    const secret = newTotpSecret()
    const now = 1_700_000_000_000
    const code = await hotp(fromBase32(secret), timeStep(now))
    const steps = [-2, -1, 0, 1, 2].map((offset) => stepOfCode(secret, code, now + offset * 30_000))
    expect(await Promise.all(steps)).toEqual([null, ...Array(3).fill(timeStep(now)), null])
    expect(await stepOfCode(secret, 'x', now)).toBeNull()
  })

  it('is imported from its URI by another program, which shows the same codes', async () => {
    const secret = newTotpSecret()
    const issuer = 'Jo & Co: 100 %'
    const account = 'jö+1@example.com'
    const app = URI.parse(provisioningUri(secret, { issuer, account }))
    expect([app.issuer, app.label]).toEqual(['Jo & Co  100 %', account])
    for (const now of [0, 1_700_000_000_000, 4_000_000_000_000]) {
      const shown = 'generate' in app ? app.generate({ timestamp: now } as never) : ''
      expect(shown).toBe(await hotp(fromBase32(secret), timeStep(now)))
    }
  })

  it.each([
    ['株', 80],
    ['株', 256],
    ['é', 256],
    ['😀', 128],
    ['👩‍👩‍👧‍👦', 20],
    ['a\u0301'.repeat(3), 80],
    [`z${'\u0301'.repeat(250)}`, 1],
    ['Jo & Co: ', 28],
  ])('shortens site and username to fit a QR code: %s, %i times', (part, times) => {
    const secret = newTotpSecret()
    const name = part.repeat(times)
    const uri = provisioningUri(secret, { issuer: name, account: `${name}@example.com` })
    expect(uri.length).toBeLessThan(600)
    const app = URI.parse(uri)
    expect(app.secret.base32).toBe(secret)
    const plain = (text: string) => text.replaceAll(':', ' ').toWellFormed()
    for (const [shown, whole] of [
      [app.issuer, name],
      [app.label, `${name}@example.com`],
    ] as const) {
      expect(shown.endsWith('…')).toBe(true)
      const kept = shown.slice(0, -1)
      expect(kept.length).toBeGreaterThan(0)
      expect(plain(whole).startsWith(kept)).toBe(true)
      expect(kept.isWellFormed()).toBe(true)
    }
  })

  it('names them by encodable characters when a name is not encodable', () => {
    const named = { issuer: 'half \ud83d', account: '\udc00'.repeat(100) }
    const app = URI.parse(provisioningUri(newTotpSecret(), named))
    expect([app.issuer, app.label.isWellFormed()]).toEqual(['half \ufffd', true])
  })

  it('leaves names that fit as they are', () => {
    const named = { issuer: 'Ein Unternehmen von heute', account: 'sessionuser@example.com' }
    const { issuer, label } = URI.parse(provisioningUri(newTotpSecret(), named))
    expect({ issuer, account: label }).toEqual(named)
  })
})

describe('Base32', () => {
  it('encodes and decodes the values of RFC 4648 §10', () => {
    const vectors = { f: 'MY', fo: 'MZXQ', foo: 'MZXW6', foob: 'MZXW6YQ', fooba: 'MZXW6YTB' }
    for (const [text, encoded] of Object.entries(vectors)) {
      expect(base32(bytes(text))).toBe(encoded)
      expect(fromBase32(encoded)).toEqual(bytes(text))
    }
    expect(() => fromBase32('M1')).toThrow('no base32')
  })
})
