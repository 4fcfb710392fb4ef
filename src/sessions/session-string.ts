import { base64url } from 'jose'
import { randomHex } from '../crypto/digests.ts'
import { idOfBits } from '../storage/ids.ts'
import { hexCode, type Region, type Regions } from '../storage/region.ts'

/** The key of a session's row. Neither part is a credential. */
export interface KeyOfString {
  /** The region's code and 45 bits of the digest. */
  id: number
  /** The whole SHA-256 of the string. It is compared. */
  digest: string
}

/** The string of a new session and its key. */
export interface SessionString extends KeyOfString {
  /** A credential of 40 hex digits: 2 for the region and 38 random ones. */
  text: string
}

export async function newSessionString(region: Region): Promise<SessionString> {
  const text = hexCode(region) + randomHex(19)
  return { text, ...(await keyOfString(text, region)) }
}

/** The region of a session string; null if the text is none. */
export function regionOfSessionString(text: string, regions: Regions): Region | null {
  if (!/^[0-9a-f]{40}$/.test(text)) return null
  return regions.withCode(Number.parseInt(text.slice(0, 2), 16))
}

export async function keyOfString(text: string, { code }: Region): Promise<KeyOfString> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const bits = new DataView(bytes)
  return {
    id: idOfBits(code, bits.getUint32(0), bits.getUint32(4)),
    digest: base64url.encode(new Uint8Array(bytes)),
  }
}
