import { base64url } from 'jose'
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
