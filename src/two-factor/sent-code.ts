import { hmacSha256 } from '../crypto/digests.ts'
import { MINUTE } from '../storage/clock.ts'
import type { SecondFactorRow } from './second-factor.ts'

/** NIST SP 800-63B-4 §3.1.3. */
export const SENT_CODE_LIFETIME_MS = 10 * MINUTE

/** How many wrong ones void it. */
export const SENT_CODE_TRIES = 5

/** Until another is sent. */
export const RESEND_AFTER_MS = MINUTE

/** A new code of 6 digits. */
export function newSentCode(): string {
  const limit = 1_000_000
  // Of what is above the last whole million, some codes would be likelier.
  const most = Math.floor(2 ** 32 / limit) * limit
  for (;;)
    for (const random of crypto.getRandomValues(new Uint32Array(1)))
      if (random < most) return String(random % limit).padStart(6, '0')
}

/** Whether the code that a factor was sent last is still good. @param now milliseconds */
export function isSentCodeLive(factor: SecondFactorRow, now: number): boolean {
  const { codeDigest, codeExpiresAt, codeTries } = factor
  return codeDigest !== null && codeExpiresAt !== null && codeExpiresAt > now && codeTries > 0
}

/** What is stored of a code: keyed, because six digits are soon tried. */
export function sentCodeDigest(
  key: CryptoKey,
  { id }: Pick<SecondFactorRow, 'id'>,
  code: string,
): Promise<string> {
  return hmacSha256(key, `\u0000sent code\u0000${id}\u0000${code}`)
}
