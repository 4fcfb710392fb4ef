import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Identity } from './identity.ts'
import type { Proof } from './proof.ts'
import type { Strategy } from './strategy.ts'

/** That a person is a user, from now on. @param of with `at` in milliseconds since the Unix epoch */
export function newIdentity(
  region: Region,
  of: { userId: number; strategy: Strategy; proof: Proof; at: number },
): Identity {
  const { userId, strategy, proof, at } = of
  const { issuer, subject, email } = proof.person
  return {
    id: newId(region.code),
    siteId: strategy.siteId,
    strategyId: strategy.id,
    userId,
    issuer,
    subject,
    email,
    groups: JSON.stringify(proof.groups),
    createdAt: at,
    lastUsedAt: at,
  }
}
