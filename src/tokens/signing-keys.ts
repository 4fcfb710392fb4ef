import { importJWK, type CryptoKey as JoseKey, type JWK } from 'jose'

export const SIGNING_ALGORITHM = 'ES256'

/** A private key with its `kid`, as kept in the secret. */
export type SigningJwk = JWK & { kid: string; d: string }

/**
 * The keys that session tokens are signed with. `current` signs; all of `keys` verify. Their public
 * parts are what a service needs to verify a session offline.
 */
export class SigningKeys {
  readonly currentKid: string
  readonly publicJwks: readonly JWK[]
  readonly #signing: JoseKey
  readonly #verifying: Map<string, JoseKey>

  private constructor(
    currentKid: string,
    publicJwks: readonly JWK[],
    signing: JoseKey,
    verifying: Map<string, JoseKey>,
  ) {
    this.currentKid = currentKid
    this.publicJwks = publicJwks
    this.#signing = signing
    this.#verifying = verifying
  }

  /** @throws {TypeError} when the current key is not among the keys, or one is not for ES256 */
  static async import(secret: { current: string; keys: SigningJwk[] }): Promise<SigningKeys> {
    const current = secret.keys.find((key) => key.kid === secret.current)
    if (!current) throw new TypeError('the current signing key is not among the keys')
    const publicJwks = secret.keys.map(publicPart)
    const verifying = new Map<string, JoseKey>()
    for (const jwk of publicJwks) verifying.set(jwk.kid, await importKey(jwk))
    return new SigningKeys(current.kid, publicJwks, await importKey(current), verifying)
  }

  get signing(): JoseKey {
    return this.#signing
  }

  /** The public key with this `kid`, from our own set only (RFC 8725 §3.10). */
  verifying(kid: string | undefined): JoseKey | null {
    return this.#verifying.get(kid ?? '') ?? null
  }
}

function publicPart({ kty, crv, x, y, kid }: SigningJwk) {
  return { kty, crv, x, y, kid, use: 'sig', alg: SIGNING_ALGORITHM } as JWK & { kid: string }
}

async function importKey(jwk: JWK): Promise<JoseKey> {
  const key = await importJWK(jwk, SIGNING_ALGORITHM)
  if (key instanceof Uint8Array) throw new TypeError('a signing key is not an asymmetric key')
  return key
}
