import { errors, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.ts'

/** The `typ` header: no other kind of token of ours passes for a session (RFC 8725 §3.11). */
export const SESSION_TOKEN_TYPE = 'latchkey-session+jwt'

/** What a session token says. Times in seconds since the Unix epoch. */
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

export type SessionClaims = z.infer<typeof claims>

export interface TokenIssuer {
  issuer: string
  audience: string
}

/** Signs and verifies session tokens (JWT, RFC 7519), with the rules of RFC 8725. */
export class SessionTokens {
  readonly #keys: SigningKeys
  readonly #by: TokenIssuer

  constructor(keys: SigningKeys, by: TokenIssuer) {
    this.#keys = keys
    this.#by = by
  }

  async sign(content: SessionClaims, now: number): Promise<string> {
    const { kid, key } = this.#keys.signingAt(now)
    return new SignJWT(content)
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: SESSION_TOKEN_TYPE, kid })
      .setIssuer(this.#by.issuer)
      .setAudience(this.#by.audience)
      .sign(key)
  }

  /** The claims of a token that is ours and has not ended; null for every other text. */
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
          issuer: this.#by.issuer,
          audience: this.#by.audience,
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
