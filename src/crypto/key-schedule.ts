import { SESSION_LIFETIME_MS } from '../sessions/session-lifetime.ts'
import { MINUTE, SECOND } from '../storage/clock.ts'

/** How long a verifier may keep the key set. */
export const JWKS_MAX_AGE_SECONDS = 300

/** The longest time until every Worker has a changed secret. */
const PROPAGATION_MS = 5 * MINUTE

/** A key is published for this long before it signs, so that every Worker and verifier has it. */
export const ROTATION_LEAD_MS = JWKS_MAX_AGE_SECONDS * SECOND + PROPAGATION_MS

/** A key, and when it starts to sign, in milliseconds since the Unix epoch. */
export interface ScheduledKey {
  signsFrom: number
}

export function inOrder<Key extends ScheduledKey>(keys: readonly Key[]): Key[] {
  return keys.toSorted((a, b) => a.signsFrom - b.signsFrom)
}

/** The key that signs now, of keys in order: the last that has started, or the first if none has. */
export function signingKeyAt<Key extends ScheduledKey>(
  keys: readonly Key[],
  now: number,
): Key | undefined {
  return keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0]
}

/**
 * The keys that still verify, of keys in order. A key ends once its successor has signed for a session's maximum
 * lifetime, because its last token has expired by then.
 */
export function activeKeysAt<Key extends ScheduledKey>(keys: readonly Key[], now: number): Key[] {
  return keys.filter((_, index) => {
    const successor = keys[index + 1]
    return !successor || now < successor.signsFrom + SESSION_LIFETIME_MS
  })
}
