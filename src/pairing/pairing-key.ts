import { base64url } from 'jose'
import { sha256 } from '../crypto/digests.ts'
import { MINUTE } from '../storage/clock.ts'
import type { Region, Regions } from '../storage/region.ts'

/** How long a pairing key is valid after its first poll or its approval. */
export const PAIRING_KEY_LIFETIME_MS = 10 * MINUTE

/** How long an approved key can be fetched. */
export const APPROVAL_LIFETIME_MS = 2 * MINUTE

/** The most networks that poll a key. Later ones are neither shown nor served. */
export const MOST_NETWORKS = 5

/** The stored digest of a pairing key. Apps invent the keys: 8 letters and digits, or a UUID. */
export const pairingDigest = sha256

export function isPairingKey(text: string): boolean {
  return /^[0-9A-Za-z-]{8,64}$/.test(text)
}

/** The region that stores a pairing key before its user is known. */
export function regionOfPairing(digest: string, { all }: Regions): Region {
  const [first = 0, second = 0] = base64url.decode(digest)
  return all[(first * 256 + second) % all.length] as Region
}
