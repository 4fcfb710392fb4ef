import { randomHex, sha256 } from '../crypto/digests.ts'
import { hexCode, type Region, type Regions } from '../storage/region.ts'

/** The string form of a session id: a credential of 40 hex digits, 2 for the region and 38 random. */
export function newSessionString(region: Region): string {
  return hexCode(region) + randomHex(19)
}

/** The region of a session string, or null when the text is not one. */
export function regionOfSessionString(text: string, regions: Regions): Region | null {
  if (!/^[0-9a-f]{40}$/.test(text)) return null
  return regions.withCode(Number.parseInt(text.slice(0, 2), 16))
}

/** What is stored of a session string. */
export const sessionDigest = sha256
