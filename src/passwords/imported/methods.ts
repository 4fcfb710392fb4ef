import { scryptSync } from 'node:crypto'
import { decodeBase64, encodeBase64, hashSync } from 'bcryptjs'
import { type Argon2Cost, argon2id, INSTANCE_SIZES } from '../argon2id.ts'
import { md5Crypt, phpass, shaCrypt } from './crypt.ts'
import { isAffordablePbkdf2, type Pbkdf2Hash, pbkdf2 } from './pbkdf2.ts'

const [, LARGEST_ARGON2_KIB] = INSTANCE_SIZES

const MOST_BCRYPT_COST = 12
/** N=2^15 r=8 needs a little more than 32 MiB. */
const MOST_SCRYPT_BYTES = 33 * 2 ** 20
/** The limit of N·r·p in node:crypto in production. */
const MOST_SCRYPT_WORK = 2 ** 20
/** Each round is one hash of the runtime: some microseconds. */
const MOST_CRYPT_ROUNDS = 50_000
const MOST_ARGON2_PASSES = 10
const MOST_ARGON2_LANES = 16

export type Costs = Record<string, number>

interface Work {
  password: string
  salt: Uint8Array
  costs: Costs
  /** Of the digest, in bytes. */
  length: number
}

/** Computes a digest from a password. */
interface Method {
  /** The names of its costs, in the written order. */
  costs: readonly string[]
  /** Whether such a hash can exist. */
  isValid: (costs: Costs, salt: Uint8Array) => boolean
  /** Whether one request in one isolate can afford the costs (docs/decisions/007). */
  isAffordable: (costs: Costs, length: number) => boolean
  digest: (work: Work) => Promise<Uint8Array>
}

/** Returns a cost of the hash. @throws {TypeError} if it is missing, because no default may replace it */
function given(costs: Costs, name: string): number {
  const cost = costs[name]
  if (cost === undefined) throw new TypeError(`a hash without its cost ${name}`)
  return cost
}

function scryptCosts(costs: Costs) {
  return { N: given(costs, 'n'), r: given(costs, 'r'), p: given(costs, 'p') }
}

function argon2Costs(costs: Costs): Argon2Cost {
  return { memory: given(costs, 'm'), passes: given(costs, 't'), lanes: given(costs, 'p') }
}

/** @param secretOf what bcrypt gets instead of the password */
function bcrypt(secretOf: (password: string) => string | Promise<string>): Method {
  return {
    costs: ['c'],
    isValid: (costs) => given(costs, 'c') >= 4 && given(costs, 'c') <= 31,
    isAffordable: (costs) => given(costs, 'c') <= MOST_BCRYPT_COST,
    /** Uses the first 72 bytes, as every bcrypt does. */
    async digest({ password, salt, costs, length }) {
      const cost = String(given(costs, 'c')).padStart(2, '0')
      const settings = `$2b$${cost}$${encodeBase64(salt, salt.length)}`
      const hash = hashSync(await secretOf(password), settings)
      return Uint8Array.from(decodeBase64(hash.slice(settings.length), length))
    },
  }
}

/** WordPress since 6.8: hashes the password first, so that it fits bcrypt's 72 bytes. */
async function wordPressSecret(password: string): Promise<string> {
  const hmac = { name: 'HMAC', hash: 'SHA-384' }
  const key = await crypto.subtle.importKey('raw', bytesOf('wp-sha384'), hmac, false, ['sign'])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytesOf(password)))
  return btoa(String.fromCharCode(...mac))
}

function pbkdf2Of(hash: Pbkdf2Hash): Method {
  return {
    costs: ['i'],
    isValid: (costs) => given(costs, 'i') >= 1,
    isAffordable: (costs, length) =>
      isAffordablePbkdf2(hash, { iterations: given(costs, 'i'), length }),
    digest: ({ password, salt, costs, length }) =>
      pbkdf2(hash, { password: bytesOf(password), salt, iterations: given(costs, 'i'), length }),
  }
}

const scrypt: Method = {
  costs: ['n', 'r', 'p'],
  /** RFC 7914 §2 */
  isValid(costs) {
    const { N, r, p } = scryptCosts(costs)
    return N >= 2 && Number.isInteger(Math.log2(N)) && Math.log2(N) < 16 * r && r * p >= 1
  },
  isAffordable(costs) {
    const { N, r, p } = scryptCosts(costs)
    return 128 * r * (N + p) <= MOST_SCRYPT_BYTES && N * r * p <= MOST_SCRYPT_WORK
  },
  async digest({ password, salt, costs, length }) {
    const work = { ...scryptCosts(costs), maxmem: 2 * MOST_SCRYPT_BYTES }
    return new Uint8Array(scryptSync(bytesOf(password), salt, length, work))
  },
}

const argon2: Method = {
  costs: ['m', 't', 'p'],
  isValid(costs, salt) {
    const { memory, passes, lanes } = argon2Costs(costs)
    return passes * lanes >= 1 && memory >= 8 * lanes && salt.length >= 8
  },
  isAffordable(costs) {
    const { memory, passes, lanes } = argon2Costs(costs)
    return (
      memory <= LARGEST_ARGON2_KIB && passes <= MOST_ARGON2_PASSES && lanes <= MOST_ARGON2_LANES
    )
  },
  digest: ({ password, salt, costs, length }) =>
    argon2id(password, salt, argon2Costs(costs), length),
}

/**
 * Firebase's scrypt encrypts the project's key with the hash. Only the ciphertext is stored, so the project's key is
 * stored nowhere here.
 */
const firebaseScrypt: Method = {
  ...scrypt,
  async digest({ length, ...work }) {
    const bytes = await scrypt.digest({ ...work, length: FIREBASE_KEY_BYTES })
    const key = await crypto.subtle.importKey('raw', bytes, 'AES-CTR', false, ['encrypt'])
    const counter = { name: 'AES-CTR', counter: new Uint8Array(16), length: 128 }
    return new Uint8Array(await crypto.subtle.encrypt(counter, key, new Uint8Array(length)))
  },
}

const FIREBASE_KEY_BYTES = 32

/** Methods of crypt(3), whose digest is text. */
function unixCrypt(
  hash: (password: string, work: { salt: string; rounds: number }) => string,
  { least, most }: { least: number; most: number },
): Method {
  return {
    costs: ['i'],
    isValid: (costs) => given(costs, 'i') >= least,
    isAffordable: (costs) => given(costs, 'i') <= most,
    digest: async ({ password, salt, costs }) => {
      const work = { salt: new TextDecoder().decode(salt), rounds: given(costs, 'i') }
      return bytesOf(hash(password, work))
    },
  }
}

/** One round of a hash over the password followed by the salt (RFC 2307). */
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

const MD5_CRYPT_ROUNDS = { least: 1_000, most: 1_000 }
const SHA_CRYPT_ROUNDS = { least: 1_000, most: MOST_CRYPT_ROUNDS }

/** Every method of imported hashes, by the name that is stored. */
export const methods = {
  bcrypt: bcrypt((password) => password),
  'wordpress-bcrypt': bcrypt(wordPressSecret),
  phpass: unixCrypt(phpass, { least: 2 ** 7, most: MOST_CRYPT_ROUNDS }),
  'md5-crypt': unixCrypt((word, { salt }) => md5Crypt('$1$', word, salt), MD5_CRYPT_ROUNDS),
  'apr1-crypt': unixCrypt((word, { salt }) => md5Crypt('$apr1$', word, salt), MD5_CRYPT_ROUNDS),
  'sha256-crypt': unixCrypt((word, work) => shaCrypt('sha256', word, work), SHA_CRYPT_ROUNDS),
  'sha512-crypt': unixCrypt((word, work) => shaCrypt('sha512', word, work), SHA_CRYPT_ROUNDS),
  'firebase-scrypt': firebaseScrypt,
  'pbkdf2-sha1': pbkdf2Of('SHA-1'),
  'pbkdf2-sha256': pbkdf2Of('SHA-256'),
  'pbkdf2-sha512': pbkdf2Of('SHA-512'),
  scrypt,
  argon2id: argon2,
  md5: plain('MD5'),
  sha1: plain('SHA-1'),
  sha256: plain('SHA-256'),
  sha512: plain('SHA-512'),
} satisfies Record<string, Method>

export type MethodName = keyof typeof methods

export function isMethodName(name: string | undefined): name is MethodName {
  return name !== undefined && Object.hasOwn(methods, name)
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
