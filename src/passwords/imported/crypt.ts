import { createHash } from 'node:crypto'

const encoder = new TextEncoder()

/** The digits of crypt(3), least significant first. */
const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function hashOf(name: 'md5' | 'sha256' | 'sha512', parts: Uint8Array[]): Uint8Array {
  const hash = createHash(name)
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** Writes bytes in groups of three, the first the most significant; the last group may be shorter. */
function inDigits(bytes: Uint8Array, groups: readonly number[][]): string {
  return groups.map((group) => digitsOf(group.map((at) => bytes[at] ?? 0))).join('')
}

function digitsOf(group: number[]): string {
  let value = group.reduce((sum, byte) => sum * 256 + byte, 0)
  let text = ''
  for (let digit = 0; digit < Math.ceil((group.length * 8) / 6); digit++) {
    text += DIGITS[value & 63]
    value >>= 6
  }
  return text
}

/** Repeats a hash up to `length` bytes. */
function repeated(bytes: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => bytes[at % bytes.length] ?? 0)
}

/**
 * md5-crypt as in FreeBSD and Apache (`$apr1$`): 1,000 rounds.
 * @returns the text after the salt
 */
export function md5Crypt(magic: string, password: string, saltText: string): string {
  const key = encoder.encode(password)
  const salt = encoder.encode(saltText)
  const inner = hashOf('md5', [key, salt, key])
  const bits = []
  for (let left = key.length; left > 0; left >>= 1)
    bits.push(left & 1 ? Uint8Array.of(0) : key.subarray(0, 1))
  const mark = encoder.encode(magic)
  let state = hashOf('md5', [key, mark, salt, repeated(inner, key.length), ...bits])
  for (let round = 0; round < 1_000; round++)
    state = hashOf('md5', roundParts(round, { state, key, salt }))
  const groups = [0, 1, 2, 3, 4].map((at) => [at, at + 6, at === 4 ? 5 : at + 12])
  return inDigits(state, [...groups, [11]])
}

/**
 * SHA-crypt (Drepper, "Unix crypt using SHA-256 and SHA-512").
 * @returns the text after the salt
 */
export function shaCrypt(
  name: 'sha256' | 'sha512',
  password: string,
  { salt: saltText, rounds }: { salt: string; rounds: number },
): string {
  const word = encoder.encode(password)
  const saltBytes = encoder.encode(saltText)
  const inner = hashOf(name, [word, saltBytes, word])
  const bits = []
  for (let left = word.length; left > 0; left >>= 1) bits.push(left & 1 ? inner : word)
  let state = hashOf(name, [word, saltBytes, repeated(inner, word.length), ...bits])
  const times = (bytes: Uint8Array, count: number) => Array<Uint8Array>(count).fill(bytes)
  const key = repeated(hashOf(name, times(word, word.length)), word.length)
  const salted = hashOf(name, times(saltBytes, 16 + (state[0] ?? 0)))
  const salt = repeated(salted, saltBytes.length)
  for (let round = 0; round < rounds; round++)
    state = hashOf(name, roundParts(round, { state, key, salt }))
  return name === 'sha256' ? inSha256Digits(state) : inSha512Digits(state)
}

function roundParts(
  round: number,
  { state, key, salt }: { state: Uint8Array; key: Uint8Array; salt: Uint8Array },
): Uint8Array[] {
  const isOdd = (round & 1) === 1
  return [
    isOdd ? key : state,
    ...(round % 3 === 0 ? [] : [salt]),
    ...(round % 7 === 0 ? [] : [key]),
    isOdd ? state : key,
  ]
}

function inSha256Digits(state: Uint8Array): string {
  const groups = Array.from({ length: 10 }, (_, at) => rotated([at, at + 10, at + 20], at))
  return inDigits(state, [...groups, [31, 30]])
}

function inSha512Digits(state: Uint8Array): string {
  const groups = Array.from({ length: 21 }, (_, at) => rotated([at, at + 21, at + 42], -at))
  return inDigits(state, [...groups, [63]])
}

/** The bytes of a group take turns as the most significant. */
function rotated(group: number[], by: number): number[] {
  return group.map((_, at) => group[(((at - by) % 3) + 3) % 3] ?? 0)
}

/** phpass's portable hashes (`$P$`, `$H$`). @returns the text after the salt */
export function phpass(
  password: string,
  { salt, rounds }: { salt: string; rounds: number },
): string {
  const key = encoder.encode(password)
  let state = hashOf('md5', [encoder.encode(salt), key])
  for (let round = 0; round < rounds; round++) state = hashOf('md5', [state, key])
  // Here the first byte is the least significant.
  const groups = [0, 3, 6, 9, 12].map((at) => [at + 2, at + 1, at])
  return inDigits(state, [...groups, [15]])
}

/** The value of a digit; -1 if it is none. */
export function valueOfDigit(digit: string): number {
  return DIGITS.indexOf(digit)
}
