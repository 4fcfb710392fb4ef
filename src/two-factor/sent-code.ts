import { hmacSha256 } from '../crypto/digests.ts'
import { MINUTE } from '../storage/clock.ts'
import type { SecondFactorRow } from './second-factor.ts'

/** NIST SP 800-63B-4 §3.1.3. */
export const SENT_CODE_LIFETIME_MS = 10 * MINUTE

/** This many wrong codes void it. */
export const SENT_CODE_TRIES = 5

export const RESEND_AFTER_MS = MINUTE

export function newSentCode(): string {
  const limit = 1_000_000
  // Values above the last whole million are drawn again, because they would favour some codes.
  const most = Math.floor(2 ** 32 / limit) * limit
  for (;;)
    for (const random of crypto.getRandomValues(new Uint32Array(1)))
      if (random < most) return String(random % limit).padStart(6, '0')
}

/** Whether the code that was sent last is still valid. @param now milliseconds */
export function isSentCodeLive(factor: SecondFactorRow, now: number): boolean {
  const { codeDigest, codeExpiresAt, codeTries } = factor
  return codeDigest !== null && codeExpiresAt !== null && codeExpiresAt > now && codeTries > 0
}

/** The digest that is stored. It is keyed, because six digits are quickly tried. */
export function sentCodeDigest(
  key: CryptoKey,
  { id }: Pick<SecondFactorRow, 'id'>,
  code: string,
): Promise<string> {
  return hmacSha256(key, `\u0000sent code\u0000${id}\u0000${code}`)
}
