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
  /** How many groups stand before those of the claims. */
  groupsBefore?: number
  /** What the userinfo endpoint says; a number is the status that it refuses with. */
  userinfo?: Record<string, unknown> | number
  /** Of the token endpoint's reply, over the usual members; null stands there as it is. */
  reply?: Record<string, unknown>
  /** Members of that reply that are left out. */
  without?: string[]
  /** Leaves out the `kid` of the ID token. */
  unnamedKey?: boolean
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
  /** Tells codes of one login apart, each of which is good once. */
  serial?: string
}

/**
 * As the provider knows this service: by an id such as Google's, which an encoder may spoil for who compares it
 * undecoded, and with what has to be encoded in its secret.
 */
export const CLIENT = { id: '1234-ab_c.apps.example.com', secret: 'a client secret: ü+/ ' }

/** A logout token that the provider is to sign. */
export interface LogoutOrder {
  claims: Record<string, unknown>
  key?: 0 | 1
  typ?: string
}
