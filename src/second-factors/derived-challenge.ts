import { MINUTE } from '../platform/clock.ts'
import { hmacSha256 } from '../platform/digests.ts'
import type { SecondFactorRow } from './second-factor.ts'

const WINDOW_MS = 10 * MINUTE

/**
 * Challenges for security keys where no partial session carries one. They are kept nowhere: the last use
 * of the user's keys is part of them, so that one that was answered is another from then on. The first is
 * given out; all are good.
 * @param purpose what the answer is for; @param now milliseconds since the Unix epoch
 */
export function derivedChallenges(
  key: CryptoKey,
  { purpose, factors, now }: { purpose: string; factors: SecondFactorRow[]; now: number },
): Promise<string[]> {
  const lastUse = Math.max(0, ...factors.map(({ lastUsedAt }) => lastUsedAt ?? 0))
  const window = Math.floor(now / WINDOW_MS)
  return Promise.all(
    [window, window - 1].map((one) =>
      hmacSha256(key, `\u0000challenge\u0000${purpose}\u0000${lastUse}\u0000${one}`),
    ),
  )
}
