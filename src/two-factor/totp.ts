import { constantTimeEqual, randomBytes } from '../crypto/digests.ts'
import { byteLength, shortened } from '../http/shortened.ts'

const STEP_MS = 30_000
const DIGITS = 6
/** As RFC 4226 §4 recommends. */
const SECRET_BYTES = 20

const encoder = new TextEncoder()

export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-512'

export function newTotpSecret(): string {
  return base32(randomBytes(SECRET_BYTES))
}

/** Returns a one-time code by counter (RFC 4226 §5.3). */
export async function hotp(
  secret: Uint8Array<ArrayBuffer>,
  counter: number,
  { digits = DIGITS, hash = 'SHA-1' as HashName } = {},
): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign'])
  const message = new DataView(new ArrayBuffer(8))
  message.setBigUint64(0, BigInt(counter))
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, message))
  const offset = mac.getUint8(mac.byteLength - 1) & 0xf
  const truncated = mac.getUint32(offset) & 0x7fffffff
  return String(truncated % 10 ** digits).padStart(digits, '0')
}

/** Returns the time step of a time (RFC 6238 §4.2). @param now milliseconds since the Unix epoch */
export function timeStep(now: number): number {
  return Math.floor(now / STEP_MS)
}

/**
 * Returns the time step of a code: the current one, or one before or after it (RFC 6238 §5.2); null if the code is
 * wrong. If two steps have the same code, returns the later one, so that both are consumed.
 */
export async function stepOfCode(
  secret: string,
  code: string,
  now: number,
): Promise<number | null> {
  const key = fromBase32(secret)
  const given = encoder.encode(code)
  let found: number | null = null
  for (const step of [-1, 0, 1].map((offset) => timeStep(now) + offset))
    if (constantTimeEqual(encoder.encode(await hotp(key, step)), given)) found = step
  return found
}

/** In bytes of UTF-8. Longer names, percent-encoded, make the QR code too dense for a camera. */
const LONGEST_ISSUER = 36
const LONGEST_ACCOUNT = 64

/**
 * Returns the Key URI that an authenticator app reads from the QR code. Apps show the names to tell entries apart, so
 * long names are shortened.
 */
export function provisioningUri(
  secret: string,
  named: { issuer: string; account: string },
): string {
  const issuer = labelOf(named.issuer, LONGEST_ISSUER)
  const label = [issuer, labelOf(named.account, LONGEST_ACCOUNT)].map(encodeURIComponent).join(':')
  const query = new URLSearchParams({ secret, issuer, algorithm: 'SHA1' })
  query.set('digits', String(DIGITS))
  query.set('period', String(STEP_MS / 1_000))
  // Apps do not read `+` as a space.
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`
}

/** Shortens a name to `longest` bytes and removes colons, which separate the two names. */
function labelOf(name: string, longest: number): string {
  const text = name.toWellFormed().replaceAll(':', ' ')
  if (byteLength(text) <= longest) return text
  return shortened(text, longest - byteLength(ELLIPSIS)) + ELLIPSIS
}

const ELLIPSIS = '…'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 without padding (RFC 4648 §6), as authenticator apps take secrets. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += ALPHABET[(value >>> (bits - 5)) & 31]
    value &= (1 << bits) - 1
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text
}

/** @throws {TypeError} if the text is not base32 */
export function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  const bytes = []
  let bits = 0
  let value = 0
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter)
    if (digit < 0) throw new TypeError('no base32')
    value = (value << 5) | digit
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push(value >>> bits)
    value &= (1 << bits) - 1
  }
  return new Uint8Array(bytes)
}
