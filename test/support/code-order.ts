/**
 * An OpenID Connect provider that does as it is told: what it is to answer stands in the code itself, so
 * that a test can make it misbehave. Everything else is as a provider does it: the code is of one
 * challenge, the client proves itself, tokens are signed.
 */
export interface CodeOrder {
  /** As the authorization request had it. */
  challenge: string
  redirectUri: string
  /** In seconds since the Unix epoch: the clock of the service under test is not the provider's. */
  now: number
  /** Of the ID token, over the usual ones; null leaves a claim out. */
  claims?: Record<string, unknown>
  userinfo?: Record<string, unknown>
  /** The key that signs: 0 or 1, or one that nobody knows. */
  key?: 0 | 1 | 'unknown'
  alg?: 'RS256' | 'ES256' | 'HS256' | 'none'
  /** The status of the token endpoint. */
  status?: number
  /** Never answers. */
  silent?: boolean
  /** Answers without end. */
  endless?: boolean
  redirects?: boolean
}

/** As the provider knows this service; with what has to be encoded in its secret. */
export const CLIENT = { id: 'latchkey', secret: 'a client secret: ü+/ ' }

/** A logout token that the provider is to sign. */
export interface LogoutOrder {
  claims: Record<string, unknown>
  key?: 0 | 1
  typ?: string
}
