import { base64url } from 'jose'
import { hmacSha256, randomBytes } from '../crypto/digests.ts'
import { MINUTE } from '../storage/clock.ts'
import type { SecondFactorRow } from './second-factor.ts'

const WINDOW_MS = 10 * MINUTE
const CHALLENGE_BYTES = 32

/** 16 bytes as base64url, the minimum of WebAuthn L3 §13.4.3. */
const SHORTEST_CHALLENGE = 22

export function newChallenge(): string {
  return base64url.encode(randomBytes(CHALLENGE_BYTES))
}

/**
 * Whether a signed challenge was issued. Challenges are compared only here: if none was issued, the list is empty, so
 * that no placeholder can ever match.
 */
export function isIssued(signed: string, issued: readonly string[]): boolean {
  return signed.length >= SHORTEST_CHALLENGE && issued.includes(signed)
}

/**
 * Returns the challenges for security keys when no partial session carries one. They are not stored: they depend on
 * the last use of each of the user's 2FA methods, so any use changes them. The first is issued; all are accepted.
 * @param purpose what the answer is for; @param now milliseconds since the Unix epoch
 */
export function derivedChallenges(
  key: CryptoKey,
  { purpose, factors, now }: { purpose: string; factors: SecondFactorRow[]; now: number },
): Promise<[current: string, before: string]> {
  const uses = factors.map(({ id, claimedBy }) => `${id}:${claimedBy}`).join()
  const window = Math.floor(now / WINDOW_MS)
  const ofWindow = (one: number) =>
    hmacSha256(key, `\u0000challenge\u0000${purpose}\u0000${uses}\u0000${one}`)
  return Promise.all([ofWindow(window), ofWindow(window - 1)])
}
