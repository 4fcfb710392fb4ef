import { base64url } from 'jose'
import * as z from 'zod'
import { readOrNull } from '../http/read-or-null.ts'
import { isSecurityKey, type SecondFactorRow } from './second-factor.ts'

export interface StoredKey {
  factor: SecondFactorRow
  /** Base64url. */
  id: string
  /** COSE. */
  publicKey: Uint8Array<ArrayBuffer>
  /** The host where it was registered. */
  rpId: string
  /** The AppID of a key that was enrolled by U2F; null for others. */
  appId: string | null
  /** How browsers reach it. */
  transports: string[]
}

/** WebAuthn L3 §4; §7.1 refuses ids of more than 1,023 bytes. */
const SHORTEST_ID = 16
const LONGEST_ID = 1_023

/** The values of WebAuthn L3 §5.8.4 and of later versions: browsers ignore unknown ones. */
const transports = z.array(z.string().regex(/^[a-z\d-]{1,32}$/)).max(16)

/** Returns the transports that a client sent; an empty list if they are malformed. */
export function readTransports(said: unknown): string[] {
  const read = transports.safeParse(said)
  return read.success ? read.data : []
}

/** Whether a text can be a key's id in base64url. An invalid id would make browsers refuse all others. */
export function isKeyId(text: string): boolean {
  const bytes = decoded(text)
  return bytes !== null && bytes.length >= SHORTEST_ID && bytes.length <= LONGEST_ID
}

/** Returns the security keys among a user's methods. A key with missing or invalid fields is left out. */
export function keysAmong(factors: SecondFactorRow[]): StoredKey[] {
  return factors.flatMap((factor) => {
    const { credentialId: id, rpId, appId } = factor
    const publicKey = factor.publicKey === null ? null : decoded(factor.publicKey)
    if (!isSecurityKey(factor) || id === null || !isKeyId(id) || !publicKey || !rpId) return []
    const transports = readTransports(readOrNull(() => JSON.parse(factor.transports ?? 'null')))
    return [{ factor, id, publicKey, rpId, appId, transports }]
  })
}

/** Null if the text is not base64url in its canonical form. */
function decoded(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = readOrNull(() => base64url.decode(text) as Uint8Array<ArrayBuffer>)
  return bytes && base64url.encode(bytes) === text ? bytes : null
}
