import {
  keyUsedAt,
  readVersionedKeys,
  type VersionedKey,
  type VersionedKeysSecret,
} from './versioned-keys.ts'

/**
 * Secret keys for what is carried by a client and read by this service alone. The highest version that
 * every Worker has by now seals; all of them unseal.
 */
export class SealingKeys {
  readonly #keys: readonly VersionedKey[]

  /** @throws {TypeError} when there is none, or one is not of 256 bits */
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

  withKid(kid: string | undefined): Uint8Array | null {
    return this.#keys.find(({ version }) => String(version) === kid)?.bytes ?? null
  }
}
