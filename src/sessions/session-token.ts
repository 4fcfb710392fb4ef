import { errors, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { SIGNING_ALGORITHM, type SigningKeys } from '../crypto/signing-keys.ts'

/** The `typ` header, so that no other kind of our tokens passes for a session (RFC 8725 §3.11). */
const SESSION_TOKEN_TYPE = 'latchkey-session+jwt'

/** The content of a session token. Times in seconds since the Unix epoch. */
const claims = z.object({
  /** The user's id. */
  sub: z.string().regex(/^\d+$/),
  /** The session's id. */
  sid: z.int(),
  site: z.int(),
  region: z.string(),
  multiple_regions: z.boolean(),
  read_only: z.boolean(),
  epoch: z.int(),
  jti: z.string(),
  iat: z.int(),
  exp: z.int(),
})

type SessionClaims = z.infer<typeof claims>

/** The audience of a full session's token: every service that verifies sessions. */
export const SESSION_AUDIENCE = 'latchkey-session'

/**
 * The audience of a session that must set up 2FA first: this service only. Verifiers elsewhere refuse it, because
 * they require the other audience.
 */
export const SETUP_AUDIENCE = 'latchkey-setup'

type TokenAudience = typeof SESSION_AUDIENCE | typeof SETUP_AUDIENCE

/** Signs and verifies session tokens (JWT, RFC 7519), with the rules of RFC 8725. */
export class SessionTokens {
  readonly #keys: SigningKeys
  readonly #issuer: string

  constructor(keys: SigningKeys, issuer: string) {
    this.#keys = keys
    this.#issuer = issuer
  }

  /** @param now milliseconds since the Unix epoch: it chooses the key */
  async sign(content: SessionClaims, audience: TokenAudience, now: number): Promise<string> {
    const { kid, key } = this.#keys.signingAt(now)
    return new SignJWT(content)
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: SESSION_TOKEN_TYPE, kid })
      .setIssuer(this.#issuer)
      .setAudience(audience)
      .sign(key)
  }

  /** The claims of a valid token of ours; null for every other text. */
  async verify(token: string, now: number): Promise<SessionClaims | null> {
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }) => {
          const key = this.#keys.verifyingAt(now, kid)
          if (!key) throw new errors.JWKSNoMatchingKey()
          return key
        },
        {
          algorithms: [SIGNING_ALGORITHM],
          typ: SESSION_TOKEN_TYPE,
          issuer: this.#issuer,
          audience: [SESSION_AUDIENCE, SETUP_AUDIENCE],
          currentDate: new Date(now),
          requiredClaims: ['exp', 'iat', 'sub', 'jti'],
        },
      )
      return claims.parse(payload)
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null
      throw error
    }
  }
}
