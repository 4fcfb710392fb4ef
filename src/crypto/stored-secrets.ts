import { CompactEncrypt, compactDecrypt, errors } from 'jose'
import type { SealingKeys } from './sealing-keys.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Seals what a database keeps and this service alone reads again: a JWE (RFC 7516) under a key that is
 * kept apart from the database, bound to what it belongs to.
 */
export class StoredSecrets {
  readonly #keys: SealingKeys

  constructor(keys: SealingKeys) {
    this.#keys = keys
  }

  /** @param owner what it belongs to, such as `second-factor:12`; @param now milliseconds */
  async seal(text: string, owner: string, now: number): Promise<string> {
    const { kid, key } = this.#keys.sealingAt(now)
    return new CompactEncrypt(encoder.encode(text))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, sub: owner })
      .encrypt(key)
  }

  /** @throws {Error} where it belongs to something else, or its key is gone */
  async unseal(sealed: string, owner: string): Promise<string> {
    const { plaintext, protectedHeader } = await compactDecrypt(
      sealed,
      ({ kid }) => {
        const key = this.#keys.withKid(kid)
        if (!key) throw new errors.JWKSNoMatchingKey()
        return key
      },
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    )
    if (protectedHeader.sub !== owner) throw new Error('a sealed secret of something else')
    return decoder.decode(plaintext)
  }
}
