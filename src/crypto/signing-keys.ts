import { importJWK, type CryptoKey as JoseKey, type JWK } from 'jose'
import { SESSION_LIFETIME_MS } from '../sessions/session-lifetime.ts'
import { MINUTE, SECOND } from '../storage/clock.ts'

/** How long a verifier may keep the key set. */
export const JWKS_MAX_AGE_SECONDS = 300

/** The longest time until every Worker has a changed secret. */
const PROPAGATION_MS = 5 * MINUTE

/** A key is published for this long before it signs, so that every Worker and verifier has it. */
export const ROTATION_LEAD_MS = JWKS_MAX_AGE_SECONDS * SECOND + PROPAGATION_MS

/** A key, and when it starts to sign, in milliseconds since the Unix epoch. */
export interface ScheduledKey {
  signsFrom: number
}

export function inOrder<Key extends ScheduledKey>(keys: readonly Key[]): Key[] {
  return keys.toSorted((a, b) => a.signsFrom - b.signsFrom)
}

/** The key that signs now, of keys in order: the last that has started, or the first if none has. */
function signingKeyAt<Key extends ScheduledKey>(
  keys: readonly Key[],
  now: number,
): Key | undefined {
  return keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0]
}

/**
 * The keys that still verify, of keys in order. A key ends once its successor has signed for a session's maximum
 * lifetime, because its last token has expired by then.
 */
export function activeKeysAt<Key extends ScheduledKey>(keys: readonly Key[], now: number): Key[] {
  return keys.filter((_, index) => {
    const successor = keys[index + 1]
    return !successor || now < successor.signsFrom + SESSION_LIFETIME_MS
  })
}

export const SIGNING_ALGORITHM = 'ES256'

/** A private key as stored in the secret. */
export type SigningJwk = JWK & {
  kid: string
  d: string
  /** ISO 8601. It signs from then until the next key does. */
  signs_from: string
}

interface SigningKey extends ScheduledKey {
  kid: string
  signing: JoseKey
  verifying: JoseKey
  publicJwk: JWK
}

/**
 * The keys that sign session tokens. One of them signs at a time. All that have not ended verify and are published,
 * so that any service can verify a session offline.
 */
export class SigningKeys {
  readonly #keys: readonly [SigningKey, ...SigningKey[]]

  private constructor(keys: readonly [SigningKey, ...SigningKey[]]) {
    this.#keys = keys
  }

  /** @throws {TypeError} if there is no key, two have the same `kid`, or one is not for ES256 */
  static async import(secret: readonly SigningJwk[]): Promise<SigningKeys> {
    if (new Set(secret.map(({ kid }) => kid)).size < secret.length)
      throw new TypeError('two signing keys have the same kid')
    const [first, ...others] = inOrder(await Promise.all(secret.map(importSigningKey)))
    if (!first) throw new TypeError('name at least one signing key')
    return new SigningKeys([first, ...others])
  }

  signingAt(now: number): { kid: string; key: JoseKey } {
    const { kid, signing } = signingKeyAt(this.#keys, now) ?? this.#keys[0]
    return { kid, key: signing }
  }

  /** Returns the public key with this `kid`, only from our own set (RFC 8725 §3.10). */
  verifyingAt(now: number, kid: string | undefined): JoseKey | null {
    const key = activeKeysAt(this.#keys, now).find((active) => active.kid === kid)
    return key?.verifying ?? null
  }

  publicAt(now: number): JWK[] {
    return activeKeysAt(this.#keys, now).map(({ publicJwk }) => publicJwk)
  }
}

async function importSigningKey(jwk: SigningJwk): Promise<SigningKey> {
  const { signs_from, ...privateJwk } = jwk
  const publicJwk = publicPart(jwk)
  return {
    kid: jwk.kid,
    signsFrom: Date.parse(signs_from),
    signing: await importKey(privateJwk),
    verifying: await importKey(publicJwk),
    publicJwk,
  }
}

function publicPart({ kty, crv, x, y, kid }: SigningJwk): JWK {
  return { kty, crv, x, y, kid, use: 'sig', alg: SIGNING_ALGORITHM } as JWK
}

async function importKey(jwk: JWK): Promise<JoseKey> {
  const key = await importJWK(jwk, SIGNING_ALGORITHM)
  if (key instanceof Uint8Array) throw new TypeError('a signing key is not an asymmetric key')
  return key
}
