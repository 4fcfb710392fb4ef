import { errors } from 'jose'
import {
  keyUsedAt,
  readVersionedKeys,
  type VersionedKey,
  type VersionedKeysSecret,
} from './versioned-keys.ts'

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
