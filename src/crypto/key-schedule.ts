import { SESSION_LIFETIME_MS } from '../sessions/session-lifetime.ts'
import { MINUTE, SECOND } from '../storage/clock.ts'

/** How long a verifier may keep the key set. */
export const JWKS_MAX_AGE_SECONDS = 300

/** How long a changed secret may take to reach every Worker. */
const PROPAGATION_MS = 5 * MINUTE

/** How long a key is published before it signs: by then every Worker and every verifier has it. */
export const ROTATION_LEAD_MS = JWKS_MAX_AGE_SECONDS * SECOND + PROPAGATION_MS

/** A key with the time from which it signs, in milliseconds since the Unix epoch. */
export interface ScheduledKey {
  signsFrom: number
}

export function inOrder<Key extends ScheduledKey>(keys: readonly Key[]): Key[] {
  return keys.toSorted((a, b) => a.signsFrom - b.signsFrom)
}

/** The key that signs now, of keys in order: the last that has begun; before all of them, the first. */
export function signingKeyAt<Key extends ScheduledKey>(
  keys: readonly Key[],
  now: number,
): Key | undefined {
  return keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0]
}

/**
 * The keys that have not ended, of keys in order. A key ends when its successor has signed for as long
 * as a session can last: the last token that it signed has ended by then.
 */
export function livingKeysAt<Key extends ScheduledKey>(keys: readonly Key[], now: number): Key[] {
  return keys.filter((_, index) => {
    const successor = keys[index + 1]
    return !successor || now < successor.signsFrom + SESSION_LIFETIME_MS
  })
}
