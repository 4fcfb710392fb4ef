import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Assertion } from './assertion.ts'
import type { Strategy } from './strategy.ts'
import type { ssoIdentities } from './tables.ts'

/** Whom a user of a site is known as at a provider. */
export type Identity = typeof ssoIdentities.$inferSelect

/** A person as a provider described it, at a login just now. */
export interface Person {
  /** The issuer of its tokens; the origin of where people log in, for plain OAuth 2.0. */
  issuer: string
  /** Its name for good, at that issuer. */
  subject: string
  email: string | null
  /** The provider vouches for the address, or says that it does not; null where it says neither. */
  emailIsVerified: boolean | null
  /** What it calls itself there; for a user that is made of it. */
  name: string | null
  groups: string[]
  /** Whether it would have said so of any other group: see ToldGroups. */
  groupsAreAll: boolean
  /** A second factor was given there. */
  hasSecondFactor: boolean
  /** When it gave its password there, in milliseconds since the Unix epoch; null where that is not told. */
  authenticatedAt: number | null
  /** The session there, so that its logout can end ours. */
  providerSession: string | null
}

/** That a person is a user, from now on. @param of with `at` in milliseconds since the Unix epoch */
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
