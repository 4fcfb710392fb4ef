import { scryptSync } from 'node:crypto'
import { decodeBase64, encodeBase64, hashSync } from 'bcryptjs'
import { argon2id, INSTANCE_SIZES } from '../argon2id.ts'

const [, LARGEST_ARGON2_KIB] = INSTANCE_SIZES

const MOST_BCRYPT_COST = 12
/** Web Crypto in production takes no more; the local runtime would. */
const MOST_PBKDF2_ROUNDS = 100_000
/** N=2^15 r=8 takes 32 MiB and a little. */
const MOST_SCRYPT_BYTES = 33 * 2 ** 20
/** Of N·r·p: node:crypto in production takes no more. */
const MOST_SCRYPT_WORK = 2 ** 20
const MOST_ARGON2_PASSES = 10
const MOST_ARGON2_LANES = 16

export type Costs = Record<string, number>

export interface Work {
  password: string
  salt: Uint8Array
  costs: Costs
  /** Of the digest, in bytes. */
  length: number
}

/** One way from a password to a digest. */
export interface Method {
  /** The names of its costs, in the order in which they are written. */
  costs: readonly string[]
  /** Whether such a hash can exist at all. */
  isValid: (costs: Costs, salt: Uint8Array) => boolean
  /** Whether one request, in one isolate, can bear them (docs/decisions/007). */
  isAffordable: (costs: Costs) => boolean
  digest: (work: Work) => Promise<Uint8Array>
}

const bcrypt: Method = {
  costs: ['c'],
  isValid: ({ c = 0 }) => c >= 4 && c <= 31,
  isAffordable: ({ c = 0 }) => c <= MOST_BCRYPT_COST,
  /** Of the first 72 bytes, as everywhere: bcrypt itself takes no more. */
  async digest({ password, salt, costs: { c = 0 }, length }) {
    const settings = `$2b$${String(c).padStart(2, '0')}$${encodeBase64(salt, salt.length)}`
    const hash = hashSync(password, settings)
    return Uint8Array.from(decodeBase64(hash.slice(settings.length), length))
  },
}

function pbkdf2(hash: string): Method {
  return {
    costs: ['i'],
    isValid: ({ i = 0 }) => i >= 1,
    isAffordable: ({ i = 0 }) => i <= MOST_PBKDF2_ROUNDS,
    async digest({ password, salt, costs: { i: iterations = 0 }, length }) {
      const { subtle } = crypto
      const key = await subtle.importKey('raw', bytesOf(password), 'PBKDF2', false, ['deriveBits'])
      const asked = { name: 'PBKDF2', hash, salt, iterations }
      return new Uint8Array(await subtle.deriveBits(asked, key, length * 8))
    },
  }
}

const scrypt: Method = {
  costs: ['n', 'r', 'p'],
  /** RFC 7914 §2 */
  isValid: ({ n = 0, r = 0, p = 0 }) =>
    n >= 2 && Number.isInteger(Math.log2(n)) && Math.log2(n) < 16 * r && r * p >= 1,
  isAffordable: ({ n = 0, r = 0, p = 0 }) =>
    128 * r * (n + p) <= MOST_SCRYPT_BYTES && n * r * p <= MOST_SCRYPT_WORK,
  async digest({ password, salt, costs: { n: N = 0, r = 0, p = 0 }, length }) {
    const maxmem = 2 * MOST_SCRYPT_BYTES
    return new Uint8Array(scryptSync(bytesOf(password), salt, length, { N, r, p, maxmem }))
  },
}

const argon2: Method = {
  costs: ['m', 't', 'p'],
  isValid: ({ m = 0, t = 0, p = 0 }, salt) => t * p >= 1 && m >= 8 * p && salt.length >= 8,
  isAffordable: ({ m = 0, t = 0, p = 0 }) =>
    m <= LARGEST_ARGON2_KIB && t <= MOST_ARGON2_PASSES && p <= MOST_ARGON2_LANES,
  digest: ({ password, salt, costs: { m: memory = 0, t: passes = 0, p: lanes = 0 }, length }) =>
    argon2id(password, salt, { memory, passes, lanes }, length),
}

/** One round of a hash over the password and, after it, the salt (RFC 2307). */
function plain(hash: string): Method {
  return {
    costs: [],
    isValid: () => true,
    isAffordable: () => true,
    async digest({ password, salt }) {
      const both = await new Blob([password, salt]).arrayBuffer()
      return new Uint8Array(await crypto.subtle.digest(hash, both))
    },
  }
}

/** Every method that imported hashes may have been made by, under the name it is stored with. */
export const methods = {
  bcrypt,
  'pbkdf2-sha1': pbkdf2('SHA-1'),
  'pbkdf2-sha256': pbkdf2('SHA-256'),
  'pbkdf2-sha512': pbkdf2('SHA-512'),
  scrypt,
  argon2id: argon2,
  md5: plain('MD5'),
  sha1: plain('SHA-1'),
  sha256: plain('SHA-256'),
  sha512: plain('SHA-512'),
} satisfies Record<string, Method>

export type MethodName = keyof typeof methods

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name)
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
