import { base64url } from 'jose'
import * as z from 'zod'
import { isSecurityKey, type SecondFactorRow } from './second-factor.ts'

/** A security key as its registration left it: what a signature is verified by, all of it there. */
export interface StoredKey {
  factor: SecondFactorRow
  /** Base64url. */
  id: string
  /** As COSE. */
  publicKey: Uint8Array<ArrayBuffer>
  /** The host that it was registered at. */
  rpId: string
  /** The AppID that it was enrolled with by U2F; null for one that was not. */
  appId: string | null
  /** How browsers reach it. */
  transports: string[]
}

/** What WebAuthn L3 §4 calls a credential ID; §7.1 takes none of more than 1,023 bytes. */
const SHORTEST_ID = 16
const LONGEST_ID = 1_023

/** Words of WebAuthn L3 §5.8.4, and of versions to come: browsers ignore those that they do not know. */
const transports = z.array(z.string().regex(/^[a-z\d-]{1,32}$/)).max(16)

/** Returns what a client says of how a key is reached, where it is a list of words, and else an empty list. */
export function readTransports(said: unknown): string[] {
  const read = transports.safeParse(said)
  return read.success ? read.data : []
}

/** Whether a text can name a key, in base64url: one that cannot would spoil the options of all others. */
export function isKeyId(text: string): boolean {
  const bytes = decoded(text)
  return bytes !== null && bytes.length >= SHORTEST_ID && bytes.length <= LONGEST_ID
}

/**
 * The security keys among a user's factors. One of which anything is missing, or is not what it must be, is no
 * key: nothing stands in for it, and a browser is given nothing of it.
 */
export function keysAmong(factors: SecondFactorRow[]): StoredKey[] {
  return factors.flatMap((factor) => {
    const { credentialId: id, rpId, appId } = factor
    const publicKey = factor.publicKey === null ? null : decoded(factor.publicKey)
    if (!isSecurityKey(factor) || id === null || !isKeyId(id) || !publicKey || !rpId) return []
    return [{ factor, id, publicKey, rpId, appId, transports: readTransports(parsed(factor)) }]
  })
}

function parsed({ transports }: SecondFactorRow): unknown {
  try {
    return transports === null ? null : JSON.parse(transports)
  } catch {
    return null
  }
}

/** Null for what is not base64url, or not in its one form. */
function decoded(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = base64url.decode(text) as Uint8Array<ArrayBuffer>
    return base64url.encode(bytes) === text ? bytes : null
  } catch {
    return null
  }
}
