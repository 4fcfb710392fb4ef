import { hmacSha256, randomHex, sha256 } from '../../crypto/digests.ts'
import { HOUR } from '../../storage/clock.ts'
import { hexCode, type Region, type Regions } from '../../storage/region.ts'
import { comparableName } from '../../users/username.ts'

/** How long a code is good. */
export const RESET_CODE_LIFETIME_MS = HOUR

/** A reset code: 2 hex digits for the region, 38 random (152 bits). */
export function newResetCode(region: Region): string {
  return hexCode(region) + randomHex(19)
}

/** The region of a reset code, or null when the text is not one. */
export function regionOfResetCode(code: string, regions: Regions): Region | null {
  return /^[0-9a-f]{40}$/.test(code)
    ? regions.withCode(Number.parseInt(code.slice(0, 2), 16))
    : null
}

/** The code in what mail clients and copying made of it, such as one with the full stop of a sentence. */
export function readResetCode(typed: string): string {
  const [code] = /(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/.exec(typed) ?? []
  return code ?? typed
}

/** What is stored of a reset code. */
export const resetCodeDigest = sha256

/** What is stored of the address that a code was mailed to, which its use verifies. */
export function mailedToDigest(key: CryptoKey, emailKey: string): Promise<string> {
  return hmacSha256(key, `\u0000mailed to\u0000${comparableName(emailKey)}`)
}
