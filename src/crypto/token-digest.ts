import { base64url } from 'jose'
import { constantTimeEqual } from './digests.ts'

const LEAST_BYTES = 32
const encoder = new TextEncoder()

/** A bearer token stored as its digest, so that a comparison takes the same time for every guess. */
export class TokenDigest {
  readonly #digest: Uint8Array

  private constructor(digest: Uint8Array) {
    this.#digest = digest
  }

  /** @throws {TypeError} if the token is not base64url of 32 bytes or more */
  static async import(token: string): Promise<TokenDigest> {
    if (base64url.decode(token).length < LEAST_BYTES)
      throw new TypeError(`a token needs ${LEAST_BYTES} bytes or more`)
    return new TokenDigest(await digestOf(token))
  }

  async matches(presented: string): Promise<boolean> {
    return constantTimeEqual(await digestOf(presented), this.#digest)
  }
}

async function digestOf(token: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(token)))
}
