import { base64url } from 'jose'
import { hmacSha256, randomBytes } from '../crypto/digests.ts'
import { MINUTE } from '../storage/clock.ts'
import type { SecondFactorRow } from './second-factor.ts'

const WINDOW_MS = 10 * MINUTE
const CHALLENGE_BYTES = 32

/** Base64url of the 16 bytes that WebAuthn L3 §13.4.3 asks for. */
const SHORTEST_CHALLENGE = 22

/** What a security key is to sign: 256 random bits, base64url. */
export function newChallenge(): string {
  return base64url.encode(randomBytes(CHALLENGE_BYTES))
}

/**
 * Returns whether what a key signed is a challenge that was issued. The one place where challenges are
 * compared: where none was issued the list is empty, and no value that stands for "none" is a challenge.
 */
export function isIssued(signed: string, issued: readonly string[]): boolean {
  return signed.length >= SHORTEST_CHALLENGE && issued.includes(signed)
}

/**
 * Challenges for security keys where no partial session carries one. They are kept nowhere: what each of the
 * user's factors led to last is part of them, so any use makes them others. The first is given out; all are
 * good.
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
