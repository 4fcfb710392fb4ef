import {
  activeKeysAt,
  inOrder,
  ROTATION_LEAD_MS,
  type ScheduledKey,
} from '../crypto/key-schedule.ts'
import type { SigningJwk } from '../crypto/signing-keys.ts'
import type { VersionedKeysSecret } from '../crypto/versioned-keys.ts'
import { makeSigningKey, randomKey } from './keys.ts'

export interface Rotated {
  keys: SigningJwk[]
  /** The last key to sign. */
  newest: SigningJwk
}

/** Adds a key that is published now and signs later, and removes keys that have ended. */
export async function addSigningKey(keys: readonly SigningJwk[], now: number): Promise<Rotated> {
  const newest = await makeSigningKey(now + ROTATION_LEAD_MS)
  return { keys: [...activeAt(keys, now), newest], newest }
}

/**
 * Postpones the newest key, for when it is not known whether it was published. If it already signs, the key before it
 * signs again until then. Both verify throughout.
 */
export function postponeNewestKey(keys: readonly SigningJwk[], now: number): Rotated {
  const last = scheduled(keys).at(-1)?.jwk
  if (!last) throw new TypeError('there is no signing key')
  const newest = { ...last, signs_from: new Date(now + ROTATION_LEAD_MS).toISOString() }
  return { keys: [...activeAt(keys, now).filter(({ kid }) => kid !== last.kid), newest], newest }
}

/** Replaces every key, because one has leaked. Tokens that were signed before no longer verify. */
export async function replaceSigningKeys(now: number): Promise<Rotated> {
  const newest = await makeSigningKey(now)
  return { keys: [newest], newest }
}

/** Adds a key under the next version, which is used once every Worker has it. The other keys stay. */
export function addVersion(keys: VersionedKeysSecret, now: number): VersionedKeysSecret {
  return { ...keys, [newestVersion(keys) + 1]: usedLater(randomKey(), now) }
}

/** Postpones the newest version, for when it is not known whether every Worker has it by then. */
export function postponeNewestVersion(keys: VersionedKeysSecret, now: number): VersionedKeysSecret {
  const newest = newestVersion(keys)
  const entry = keys[newest]
  return typeof entry === 'object' ? { ...keys, [newest]: usedLater(entry.key, now) } : keys
}

function newestVersion(keys: VersionedKeysSecret): number {
  return Math.max(0, ...Object.keys(keys).map(Number))
}

function usedLater(key: string, now: number) {
  return { key, used_from: new Date(now + ROTATION_LEAD_MS).toISOString() }
}

function activeAt(keys: readonly SigningJwk[], now: number): SigningJwk[] {
  return activeKeysAt(scheduled(keys), now).map(({ jwk }) => jwk)
}

function scheduled(keys: readonly SigningJwk[]): (ScheduledKey & { jwk: SigningJwk })[] {
  return inOrder(keys.map((jwk) => ({ jwk, signsFrom: Date.parse(jwk.signs_from) })))
}
