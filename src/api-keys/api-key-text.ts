import { randomBytes, sha256 } from '../crypto/digests.ts'
import { hexCode, type Region, type Regions } from '../storage/region.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SHAPE = /^latchkey[0-9a-f]{2}[0-9A-Za-z]{38}$/
const RANDOM_DIGITS = 32
const CHECKSUM_DIGITS = 6

/**
 * Returns the text of a new API key: `latchkey`, 2 hex digits for the region, 32 random digits (190 bits), and a
 * checksum of 6, by which secret scanners recognize keys.
 */
export function newApiKeyText(region: Region): string {
  const body = `latchkey${hexCode(region)}${randomDigits(RANDOM_DIGITS)}`
  return body + checksum(body)
}

/** The region of an API key; null if the text is not one. */
export function regionOfApiKey(text: string, regions: Regions): Region | null {
  if (
    !SHAPE.test(text) ||
    checksum(text.slice(0, -CHECKSUM_DIGITS)) !== text.slice(-CHECKSUM_DIGITS)
  )
    return null
  return regions.withCode(Number.parseInt(text.slice(8, 10), 16))
}

/** The stored digest of an API key. */
export const apiKeyDigest = sha256

function randomDigits(length: number): string {
  const even = (byte: number) => byte < 4 * DIGITS.length
  let digits = ''
  while (digits.length < length)
    for (const byte of randomBytes(length).filter(even))
      digits += DIGITS.charAt(byte % DIGITS.length)
  return digits.slice(0, length)
}

/** CRC-32 (ISO 3309) in base 62. */
function checksum(text: string): string {
  let crc = 0xffffffff
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  let rest = (crc ^ 0xffffffff) >>> 0
  let digits = ''
  for (let digit = 0; digit < CHECKSUM_DIGITS; digit++) {
    digits = DIGITS.charAt(rest % DIGITS.length) + digits
    rest = Math.floor(rest / DIGITS.length)
  }
  return digits
}
