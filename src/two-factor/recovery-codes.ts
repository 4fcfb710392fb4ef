import { hmacSha256, randomBytes } from '../crypto/digests.ts'
import { readTypedCode } from './typed-code.ts'

export const RECOVERY_CODES = 10

/** Crockford's base32: no ambiguous letters, and hardly any words. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CHARACTERS = 20
const GROUP = 5

/** Returns a new code of 100 bits, such as `7XK2M-…`. */
export function newRecoveryCode(): string {
  const letters = Array.from(randomBytes(CHARACTERS), (byte) => ALPHABET[byte & 31]).join('')
  return letters.replaceAll(new RegExp(`.{${GROUP}}(?!$)`, 'g'), '$&-')
}

/** Reads a code that a person typed in any format; null if it cannot be one. */
export function readRecoveryCode(typed: string): string | null {
  const letters = readTypedCode(typed).toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return letters.length === CHARACTERS && [...letters].every((one) => ALPHABET.includes(one))
    ? letters
    : null
}

/** The digest that is stored. @param letters as readRecoveryCode returns them */
export function recoveryCodeDigest(
  key: CryptoKey,
  userId: number,
  letters: string,
): Promise<string> {
  return hmacSha256(key, `\u0000recovery\u0000${userId}\u0000${letters}`)
}
