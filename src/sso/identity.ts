import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Assertion } from './assertion.ts'
import type { Strategy } from './strategy.ts'
import type { ssoIdentities } from './tables.ts'

/** The link between a user and a person at an identity provider. */
export type Identity = typeof ssoIdentities.$inferSelect

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

/** Returns a new link. @param of with `at` in milliseconds since the Unix epoch */
export function newIdentity(
  region: Region,
  of: { userId: number; strategy: Strategy; assertion: Assertion; at: number },
): Identity {
  const { userId, strategy, assertion, at } = of
  const { issuer, subject, email } = assertion.person
  return {
    id: newId(region.code),
    siteId: strategy.siteId,
    strategyId: strategy.id,
    userId,
    issuer,
    subject,
    email,
    groups: JSON.stringify(assertion.groups),
    createdAt: at,
    lastUsedAt: at,
  }
}
