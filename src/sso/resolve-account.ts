import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { formerName } from '../users/username.ts'
import type { Assertion } from './assertion.ts'
import type { LinkByEmail, LinkedBy } from './identity-store.ts'
import { providerNamed } from './providers.ts'
import { ownsDomainOf } from './provision-rules.ts'
import type { Strategy } from './strategy.ts'

/** A user, and why the person is this user. */
export interface ResolvedAccount {
  account: Account
  linkedBy: LinkedBy
}

export interface StrategyAssertion {
  strategy: Strategy
  assertion: Assertion
}

/**
 * Finds the user whom a person is: by issuer and subject; at their first login by an admin's invitation, or by a
 * verified address in a domain that the strategy owns. Returns null if there is none. Writes nothing.
 */
export async function resolveAccount(
  ctx: Ctx,
  region: Region,
  { strategy, assertion: { person } }: StrategyAssertion,
): Promise<ResolvedAccount | null> {
  const identities = ctx.in(region).identities
  const known = await identities.accountOf(strategy.siteId, person)
  if (known) return { account: known, linkedBy: { kind: 'identity' } }
  if (person.email === null) return null
  const emailKey = formerName(person.email)
  for (const kind of linkKinds(strategy, { ...person, emailKey })) {
    const linkedBy = { kind, emailKey }
    const account = await identities.linkable(person.issuer, strategy, linkedBy)
    if (account) return { account, linkedBy }
  }
  return null
}

/**
 * How an address may link the person. An address whose verification is unknown links only users that an admin
 * invited.
 */
function linkKinds(
  strategy: Strategy,
  { emailIsVerified, emailKey }: { emailIsVerified: boolean | null; emailKey: string },
): LinkByEmail['kind'][] {
  const isTrusted = emailIsVerified ?? providerNamed(strategy.provider)?.directory === 'own'
  if (!isTrusted) return []
  const isOwned = emailIsVerified && ownsDomainOf(strategy, emailKey)
  return isOwned ? ['invitation', 'verified-address'] : ['invitation']
}
