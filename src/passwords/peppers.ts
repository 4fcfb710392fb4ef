import { base64url } from 'jose'
import { importHmacKey } from '../crypto/digests.ts'
import {
  keyUsedAt,
  readVersionedKeys,
  type VersionedKey,
  type VersionedKeysSecret,
} from '../crypto/versioned-keys.ts'

const encoder = new TextEncoder()

interface Pepper extends VersionedKey {
  hmac: CryptoKey
}

/**
 * Secret keys outside the database, without which stolen hashes cannot be attacked. Each has a version, and new
 * hashes use the highest version that every Worker knows by now.
 */
export class Peppers {
  readonly #peppers: readonly Pepper[]

  private constructor(peppers: readonly Pepper[]) {
    this.#peppers = peppers
  }

  /** @throws {TypeError} if there is none, or one of fewer than 256 bits */
  static async import(secret: VersionedKeysSecret): Promise<Peppers> {
    const keys = readVersionedKeys(secret)
    const peppers = keys.map(async (key) => ({ ...key, hmac: await importHmacKey(key.bytes) }))
    return new Peppers(await Promise.all(peppers))
  }

  has(version: number): boolean {
    return this.#peppers.some((pepper) => pepper.version === version)
  }

  /** The version for new hashes. @param now milliseconds since the Unix epoch */
  versionAt(now: number): number {
    return keyUsedAt(this.#peppers, now).version
  }

  /**
   * Returns the HMAC-SHA-256 of a password in NFC (NIST SP 800-63B-4 §3.1.1.2) as base64url.
   * @throws {TypeError} if no pepper of the version is configured
   */
  async apply(version: number, password: string): Promise<string> {
    const pepper = this.#peppers.find((one) => one.version === version)
    if (!pepper) throw new TypeError(`pepper ${version} is not configured`)
    const bytes = encoder.encode(password.normalize('NFC'))
    return base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', pepper.hmac, bytes)))
  }
}
