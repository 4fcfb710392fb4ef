import { CompactEncrypt, compactDecrypt } from 'jose'
import type { SealingKeys } from './sealing-keys.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Seals secrets that a database stores and only this service reads: a JWE (RFC 7516) under a key outside the
 * database, bound to its owner.
 */
export class StoredSecrets {
  readonly #keys: SealingKeys

  constructor(keys: SealingKeys) {
    this.#keys = keys
  }

  /** @param owner such as `second-factor:12`; @param now milliseconds */
  async seal(text: string, owner: string, now: number): Promise<string> {
    const { kid, key } = this.#keys.sealingAt(now)
    return new CompactEncrypt(encoder.encode(text))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, sub: owner })
      .encrypt(key)
  }

  /** @throws {Error} if it belongs to another owner, or its key is gone */
  async unseal(sealed: string, owner: string): Promise<string> {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, this.#keys.named, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    if (protectedHeader.sub !== owner) throw new Error('a sealed secret of something else')
    return decoder.decode(plaintext)
  }
}
