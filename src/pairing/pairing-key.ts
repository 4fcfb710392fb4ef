import { base64url } from 'jose'
import { sha256 } from '../crypto/digests.ts'
import { MINUTE } from '../storage/clock.ts'
import type { Region, Regions } from '../storage/region.ts'

/** How long a pairing key is good, from its first poll or its approval on. */
export const PAIRING_KEY_LIFETIME_MS = 10 * MINUTE

/** How long an approval waits to be fetched. */
export const APPROVAL_LIFETIME_MS = 2 * MINUTE

/** From how many networks a key is polled at most; what comes later is shown to nobody, and collects nothing. */
export const MOST_NETWORKS = 5

/** What is stored of a pairing key. Apps invent them: 8 letters and digits, or a UUID. */
export const pairingDigest = sha256

/** Whether a text can be a pairing key. */
export function isPairingKey(text: string): boolean {
  return /^[0-9A-Za-z-]{8,64}$/.test(text)
}

/** The region that knows of a pairing key before anybody knows whose it becomes. */
export function regionOfPairing(digest: string, { all }: Regions): Region {
  const [first = 0, second = 0] = base64url.decode(digest)
  return all[(first * 256 + second) % all.length] as Region
}
