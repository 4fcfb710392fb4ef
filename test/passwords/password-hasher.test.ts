import { base64url } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { argon2id, HASH_COST } from '../../src/passwords/argon2id.ts'
import { PasswordHasher } from '../../src/passwords/password-hasher.ts'
import { Peppers } from '../../src/passwords/peppers.ts'
import { formatPhc, parsePhc } from '../../src/passwords/phc-string.ts'

const pepper = (fill: number) => base64url.encode(new Uint8Array(32).fill(fill))
const hasherWith = async (peppers: Record<string, string>) =>
  new PasswordHasher(await Peppers.import(peppers), { clock: () => Date.now(), cost: HASH_COST })

describe('Argon2id', () => {
  it('computes the same as the reference implementation', async () => {
    // argon2 -id, version 19: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32
    const salt = new TextEncoder().encode('somesalt')
    const hash = await argon2id('password', salt, { memory: 65_536, passes: 2, lanes: 1 })
    expect(Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(
      '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7',
    )
  })

  it('distinguishes texts of any script to their last byte', async () => {
    const salt = new Uint8Array(16)
    const hash = (text: string) => argon2id(text, salt, { memory: 64, passes: 1, lanes: 1 })
    for (const [one, other] of [
      ['пароль', 'парень'],
      ['😀😁', '😀😂'],
      ['a', 'a\0'],
    ] as const)
      expect(await hash(one)).not.toEqual(await hash(other))
  })

  it('takes 19 MiB, or 64 MiB from the first hash that needs more, whatever costs run at the same time', async () => {
    const instances = vi.spyOn(WebAssembly, 'Instance')
    vi.resetModules()
    const fresh = await import('../../src/passwords/argon2id.ts')
    const held = () => {
      const bytes = instances.mock.results.at(-1)?.value.exports.memory.buffer.byteLength
      return Math.floor(bytes / 2 ** 20)
    }
    const hash = async (memory: number, length = memory % 50) => {
      const salt = new Uint8Array(8 + (memory % 90))
      const cost = { memory, passes: 1, lanes: 1 + (memory % 4) }
      await fresh.argon2id('x'.repeat(memory % 1000), salt, cost, 16 + length)
    }
    for (const memory of [19_456, 8_193, 19_456, 1_026]) await hash(memory)
    expect([held(), instances.mock.calls.length]).toEqual([19, 1])
    for (const memory of [24_577, 19_456, 46_082, 65_536, 32_771, 65_536]) await hash(memory)
    expect([held(), instances.mock.calls.length]).toEqual([64, 2])
  })
})

describe('A stored hash', () => {
  it('is a PHC string with at least OWASP’s cost and its own salt', async () => {
    const hasher = await hasherWith({ 1: pepper(1) })
    const [one, two] = [await hasher.hash('secret'), await hasher.hash('secret')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(one).not.toBe(two)
  })

  it('survives encoding and decoding, whatever its bytes', () => {
    for (let byte = 0; byte < 256; byte++) {
      const stored = {
        cost: { memory: 19_456, passes: 2, lanes: 1 },
        pepper: 1,
        salt: new Uint8Array(16).fill(byte),
        hash: new Uint8Array(32).fill(255 - byte),
      }
      expect(parsePhc(formatPhc(stored))).toEqual(stored)
    }
  })

  it('is verified with its own pepper, and outdated once a newer one exists', async () => {
    const stored = await (await hasherWith({ 1: pepper(1) })).hash('secret')
    const rotated = await hasherWith({ 1: pepper(1), 2: pepper(2) })
    expect(await rotated.verify('secret', stored)).toBe(true)
    expect(rotated.isOutdated(stored)).toBe(true)
    expect(rotated.isOutdated(await rotated.hash('secret'))).toBe(false)
    const other = await hasherWith({ 1: pepper(9) })
    expect(await other.verify('secret', stored)).toBe(false)
  })

  it('distinguishes passwords that the library alone would truncate to the same bytes', async () => {
    const hasher = await hasherWith({ 1: pepper(1) })
    expect(await hasher.verify('парень', await hasher.hash('пароль'))).toBe(false)
  })

  it('matches no password when it is missing or malformed', async () => {
    const hasher = await hasherWith({ 1: pepper(1) })
    expect(await hasher.verify('', null)).toBe(false)
    expect(await hasher.verify('x', 'not a hash')).toBe(false)
  })
})

describe('A pepper', () => {
  it('of fewer than 256 bits is refused', async () => {
    await expect(Peppers.import({ 1: 'c2hvcnQ' })).rejects.toThrow(TypeError)
  })
})
