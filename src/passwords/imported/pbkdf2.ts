import wasm from './pbkdf2.wasm'

/** The limit of Web Crypto in production. The local runtime has none. */
const MOST_OF_WEB_CRYPTO = 100_000

/** Some hundredths of a second, so that other requests run in between. */
const ROUNDS_AT_ONCE = 50_000

/** For each hash: bytes of a word, words of a digest, and the rounds that one request can afford (decision 007). */
const hashes = {
  'SHA-1': { rounds: 'sha1', word: 4, words: 5, most: 1_300_000 },
  'SHA-256': { rounds: 'sha256', word: 4, words: 8, most: 1_200_000 },
  'SHA-512': { rounds: 'sha512', word: 8, words: 8, most: 1_000_000 },
} as const

export type Pbkdf2Hash = keyof typeof hashes

/** .ci/wasm/pbkdf2.as.ts */
interface Pbkdf2Exports {
  memory: WebAssembly.Memory
  KEY: WebAssembly.Global
  U: WebAssembly.Global
  T: WebAssembly.Global
  sha1: (rounds: number) => void
  sha256: (rounds: number) => void
  sha512: (rounds: number) => void
}

interface Pbkdf2Work {
  password: Uint8Array
  salt: Uint8Array
  iterations: number
  /** Of the result, in bytes. */
  length: number
}

/** Whether one request can afford it. Each block of the result takes all rounds. */
export function isAffordablePbkdf2(
  hash: Pbkdf2Hash,
  { iterations, length }: Pick<Pbkdf2Work, 'iterations' | 'length'>,
): boolean {
  const { word, words, most } = hashes[hash]
  return iterations * Math.ceil(length / (word * words)) <= most
}

/** PBKDF2 (RFC 8018 §5.2): by Web Crypto, or by WebAssembly above Web Crypto's limit. */
export async function pbkdf2(hash: Pbkdf2Hash, work: Pbkdf2Work): Promise<Uint8Array> {
  const { password, salt, iterations, length } = work
  if (iterations <= MOST_OF_WEB_CRYPTO) {
    const { subtle } = crypto
    const key = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
    const algorithm = { name: 'PBKDF2', hash, salt, iterations }
    return new Uint8Array(await subtle.deriveBits(algorithm, key, length * 8))
  }
  const result = new Uint8Array(length)
  const { word, words } = hashes[hash]
  for (let from = 0, block = 1; from < length; from += word * words, block++)
    result.set((await blockOf(hash, work, block)).subarray(0, length - from), from)
  return result
}

async function blockOf(
  hash: Pbkdf2Hash,
  { password, salt, iterations }: Pbkdf2Work,
  block: number,
): Promise<Uint8Array> {
  const { rounds, word, words } = hashes[hash]
  const key = new Uint8Array(16 * word)
  key.set(
    password.length > key.length
      ? new Uint8Array(await crypto.subtle.digest(hash, password))
      : password,
  )
  const first = await hmac(hash, key, Uint8Array.of(...salt, 0, 0, 0, block))
  // A separate instance, because another computation may begin while this one waits. TypeScript cannot know the types
  // of a WebAssembly module's exports.
  const instance = new WebAssembly.Instance(wasm).exports as unknown as Pbkdf2Exports
  copyWords(key, bytesAt(instance, 'KEY', key.length), word)
  for (const to of ['U', 'T'] as const) copyWords(first, bytesAt(instance, to, first.length), word)
  for (let left = iterations - 1; left > 0; left -= ROUNDS_AT_ONCE) {
    instance[rounds](Math.min(left, ROUNDS_AT_ONCE))
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  const result = new Uint8Array(word * words)
  copyWords(bytesAt(instance, 'T', result.length), result, word)
  bytesAt(instance, 'KEY', key.length).fill(0)
  return result
}

async function hmac(hash: string, key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const { subtle } = crypto
  const imported = await subtle.importKey('raw', key, { name: 'HMAC', hash }, false, ['sign'])
  return new Uint8Array(await subtle.sign('HMAC', imported, message))
}

function bytesAt(
  { memory, ...places }: Pbkdf2Exports,
  name: 'KEY' | 'U' | 'T',
  length: number,
): Uint8Array {
  return new Uint8Array(memory.buffer, Number(places[name].value), length)
}

/** Hashes are big-endian, WebAssembly is little-endian. */
function copyWords(from: Uint8Array, to: Uint8Array, word: number): void {
  for (let at = 0; at < from.length; at += word) to.set(from.slice(at, at + word).reverse(), at)
}
