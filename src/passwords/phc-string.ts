import { base64url } from 'jose'
import type { Argon2Cost } from './argon2id.ts'

/** A stored Argon2id hash with everything that verifies it. */
export interface StoredHash {
  cost: Argon2Cost
  /** The pepper's version, stored as `keyid`. */
  pepper: number
  salt: Uint8Array
  hash: Uint8Array
}

/** Returns `$argon2id$v=19$m=19456,t=2,p=1,keyid=1$salt$hash` (PHC string format, base64 without padding). */
export function formatPhc({ cost, pepper, salt, hash }: StoredHash): string {
  const parameters = `m=${cost.memory},t=${cost.passes},p=${cost.lanes},keyid=${pepper}`
  return `$argon2id$v=19$${parameters}$${base64(salt)}$${base64(hash)}`
}

/** Reads what formatPhc wrote; null for anything else. */
export function parsePhc(text: string): StoredHash | null {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2}),keyid=(\d{1,4})\$([\w+/]{22,})\$([\w+/]{43})$/.exec(
      text,
    )
  if (!match) return null
  const [, memory, passes, lanes, pepper, salt, hash] = match
  if (salt === undefined || hash === undefined) return null
  return {
    cost: { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    pepper: Number(pepper),
    salt: bytes(salt),
    hash: bytes(hash),
  }
}

function base64(bytes: Uint8Array): string {
  return base64url.encode(bytes).replaceAll('-', '+').replaceAll('_', '/')
}

function bytes(base64: string): Uint8Array {
  return base64url.decode(base64.replaceAll('+', '-').replaceAll('/', '_'))
}

/** Whether a stored hash is that of another system's digest. `imported/imported-hash.ts` reads how that was computed. */
export function isImported(stored: string): boolean {
  return stored.startsWith('imported$')
}
