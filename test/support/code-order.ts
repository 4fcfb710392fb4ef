/**
 * A controllable OpenID Connect provider: the code itself says how the provider responds, so that a test can make it
 * misbehave. Everything else is as at a real provider: the code is bound to one challenge, the client authenticates,
 * and tokens are signed.
 */
export interface CodeOrder {
  /** As in the authorization request. */
  challenge: string
  redirectUri: string
  /** In seconds since the Unix epoch, since the provider does not share the clock of the service under test. */
  now: number
  /** Claims of the ID token, over the usual ones; null leaves a claim out. */
  claims?: Record<string, unknown>
  /** How many groups come before those of the claims. */
  groupsBefore?: number
  /** The response of the userinfo endpoint; a number is an error status. */
  userinfo?: Record<string, unknown> | number
  /** Members of the token response, over the usual ones; null is sent as null. */
  reply?: Record<string, unknown>
  /** Members left out of that response. */
  without?: string[]
  /** Leaves out the `kid` of the ID token. */
  unnamedKey?: boolean
  /** The key that signs: 0 or 1, or an unpublished one. */
  key?: 0 | 1 | 'unknown'
  alg?: 'RS256' | 'ES256' | 'HS256' | 'none'
  /** The status of the token endpoint. */
  status?: number
  /** Never responds. */
  silent?: boolean
  /** Sends an endless response. */
  endless?: boolean
  redirects?: boolean
  /** Distinguishes the codes of one login, each of which is single-use. */
  serial?: string
}

/**
 * The client that the provider knows this service by: an ID like Google's, which breaks a comparison without decoding
 * when it is encoded needlessly, and a secret with characters that must be encoded.
 */
export const CLIENT = { id: '1234-ab_c.apps.example.com', secret: 'a client secret: ü+/ ' }

/** A logout token that the provider is to sign. */
export interface LogoutOrder {
  claims: Record<string, unknown>
  key?: 0 | 1
  typ?: string
}
