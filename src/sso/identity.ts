import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Assertion } from './assertion.ts'
import type { Strategy } from './strategy.ts'
import type { ssoIdentities } from './tables.ts'

/** The link between a user and a person at an identity provider. */
export type Identity = typeof ssoIdentities.$inferSelect

/** Returns a new link. @param link with `at` in milliseconds since the Unix epoch */
export function newIdentity(
  region: Region,
  link: { userId: number; strategy: Strategy; assertion: Assertion; at: number },
): Identity {
  const { userId, strategy, assertion, at } = link
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
