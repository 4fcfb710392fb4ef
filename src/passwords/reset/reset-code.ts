import { hmacSha256, randomHex, sha256 } from '../../crypto/digests.ts'
import { HOUR } from '../../storage/clock.ts'
import { hexCode, type Region, type Regions } from '../../storage/region.ts'
import { comparableName } from '../../users/username.ts'

/** How long a code is valid. */
export const RESET_CODE_LIFETIME_MS = HOUR

/** Returns a reset code: 2 hex digits for the region, 38 random ones (152 bits). */
export function newResetCode(region: Region): string {
  return hexCode(region) + randomHex(19)
}

/** The region of a reset code; null if the text is not a code. */
export function regionOfResetCode(code: string, regions: Regions): Region | null {
  return /^[0-9a-f]{40}$/.test(code)
    ? regions.withCode(Number.parseInt(code.slice(0, 2), 16))
    : null
}

/** Reads a code as mail clients and copying leave it, such as with the full stop of a sentence. */
export function readResetCode(typed: string): string {
  const [code] = /(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/.exec(typed) ?? []
  return code ?? typed
}

/** The stored digest of a reset code. */
export const resetCodeDigest = sha256

/** The stored digest of the address that a code was sent to. Using the code verifies that address. */
export function mailedToDigest(key: CryptoKey, emailKey: string): Promise<string> {
  return hmacSha256(key, `\u0000mailed to\u0000${comparableName(emailKey)}`)
}
