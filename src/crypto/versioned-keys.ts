import { base64url, errors } from 'jose'
import * as z from 'zod'

const key = z.string()

/** Secret keys by version, as the environment has them: base64url, and from when a newer one is used. */
export const versionedKeysSecret = z.record(
  z.string().regex(/^\d{1,4}$/),
  z.union([key, z.object({ key, used_from: z.iso.datetime({ offset: true }) })]),
)

export type VersionedKeysSecret = z.infer<typeof versionedKeysSecret>

export interface VersionedKey {
  version: number
  bytes: Uint8Array
  /** Milliseconds since the Unix epoch. Every Worker has the key by then. */
  usedFrom: number
}

/** @throws {TypeError} if there is none, or one of fewer than 256 bits */
export function readVersionedKeys(secret: VersionedKeysSecret): VersionedKey[] {
  const keys = Object.entries(secret).map(([version, entry]) => {
    const { key, used_from } = typeof entry === 'string' ? { key: entry, used_from: null } : entry
    const usedFrom = used_from === null ? 0 : Date.parse(used_from)
    return { version: Number(version), bytes: base64url.decode(key), usedFrom }
  })
  if (keys.length === 0) throw new TypeError('name at least one key')
  if (keys.some(({ bytes }) => bytes.length < 32)) throw new TypeError('a key needs 32 bytes')
  return keys.sort((a, b) => a.version - b.version)
}

/** The highest version in use now, of keys in order; the lowest if none is in use yet. */
export function keyUsedAt<Key extends Pick<VersionedKey, 'usedFrom'>>(
  keys: readonly [Key, ...Key[]] | readonly Key[],
  now: number,
): Key {
  return (keys.findLast(({ usedFrom }) => usedFrom <= now) ?? keys[0]) as Key
}

/**
 * Secret keys for texts that clients carry and only this service reads. The highest version that every Worker knows
 * by now seals; all of them unseal.
 */
export class SealingKeys {
  readonly #keys: readonly VersionedKey[]

  /** @throws {TypeError} if there is none, or one of other than 256 bits */
  constructor(secret: VersionedKeysSecret) {
    this.#keys = readVersionedKeys(secret)
    if (this.#keys.some(({ bytes }) => bytes.length !== 32))
      throw new TypeError('a sealing key has 32 bytes')
  }

  /** @param now milliseconds since the Unix epoch */
  sealingAt(now: number): { kid: string; key: Uint8Array } {
    const { version, bytes } = keyUsedAt(this.#keys, now)
    return { kid: String(version), key: bytes }
  }

  /** Finds the key that a header names, for jose. @throws {JOSEError} if it is not ours */
  readonly named = ({ kid }: { kid?: string | undefined }): Uint8Array => {
    const key = this.#keys.find(({ version }) => String(version) === kid)
    if (!key) throw new errors.JWKSNoMatchingKey()
    return key.bytes
  }
}
