import { base64url } from 'jose'
import { importHmacKey } from '../platform/digests.ts'

const encoder = new TextEncoder()

/**
 * Secret keys, kept apart from the database, without which a stolen table of hashes cannot be
 * attacked. Each has a version; new hashes use the highest.
 */
export class Peppers {
  readonly #keys: Map<number, CryptoKey>

  private constructor(keys: Map<number, CryptoKey>) {
    this.#keys = keys
  }

  /** @param encoded version → base64url of 32 bytes or more */
  static async import(encoded: Record<string, string>): Promise<Peppers> {
    const keys = new Map<number, CryptoKey>()
    for (const [version, key] of Object.entries(encoded))
      keys.set(Number(version), await importHmacKey(base64url.decode(key)))
    if (keys.size === 0) throw new TypeError('name at least one pepper')
    return new Peppers(keys)
  }

  get current(): number {
    return Math.max(...this.#keys.keys())
  }

  /**
   * HMAC-SHA-256 of a password in NFC (NIST SP 800-63B-4 §3.1.1.2), as base64url.
   * @throws {TypeError} when the version is not among the configured peppers
   */
  async apply(version: number, password: string): Promise<string> {
    const key = this.#keys.get(version)
    if (!key) throw new TypeError(`pepper ${version} is not configured`)
    const bytes = encoder.encode(password.normalize('NFC'))
    return base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes)))
  }
}
