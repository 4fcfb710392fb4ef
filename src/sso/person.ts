/** A person as the provider described them in this login. */
export interface Person {
  /** The issuer of the tokens; for plain OAuth 2.0, the origin of the authorization endpoint. */
  issuer: string
  /** Identifies the person at the issuer; it never changes. */
  subject: string
  email: string | null
  /** Whether the provider verified the address; null if it did not say. */
  emailIsVerified: boolean | null
  /** The person's name at the provider, for a username. */
  name: string | null
  groups: string[]
  /** Whether the list is complete: see GroupClaims. */
  groupsAreAll: boolean
  /** The person used a second factor at the provider. */
  hasSecondFactor: boolean
  /** When the person authenticated, in milliseconds since the Unix epoch; null if the provider did not say. */
  authenticatedAt: number | null
  /** The provider's session id, so that its logout can revoke ours. */
  providerSession: string | null
}
