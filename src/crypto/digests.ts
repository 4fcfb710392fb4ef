import { base64url } from 'jose'

const encoder = new TextEncoder()

/** Returns the SHA-256 of a text as base64url. Stored instead of secrets of 128 bits or more. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(text))
  return base64url.encode(new Uint8Array(digest))
}

/** Returns the HMAC-SHA-256 of a text as base64url. */
export async function hmacSha256(key: CryptoKey, text: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(text))
  return base64url.encode(new Uint8Array(mac))
}

/** Imports raw bytes as an HMAC-SHA-256 key. @throws {TypeError} below 256 bits (RFC 8725 §3.5). */
export async function importHmacKey(bytes: Uint8Array): Promise<CryptoKey> {
  if (bytes.length < 32) throw new TypeError('an HMAC key needs 32 bytes or more')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
}

/** Returns random lower-case hex, two characters a byte. */
export function randomHex(bytes: number): string {
  return Array.from(randomBytes(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** Compares two byte strings in constant time for their lengths. */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b)
}
