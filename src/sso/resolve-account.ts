import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { formerName } from '../users/username.ts'
import type { Assertion } from './assertion.ts'
import type { LinkByEmail, LinkedBy } from './identity-store.ts'
import { providerNamed } from './providers.ts'
import { ownsDomainOf } from './provision-rules.ts'
import type { Strategy } from './strategy.ts'

/** The user that a person is, and by what. */
export interface ResolvedAccount {
  account: Account
  linkedBy: LinkedBy
}

/** Whom a provider has named. */
export interface StrategyAssertion {
  strategy: Strategy
  assertion: Assertion
}

/**
 * Whose log in it is: by issuer and subject; at the first, by the admin's invitation, or by an address that the
 * provider vouches for and the strategy owns. Null where it is nobody's. Nothing is written.
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

/** What an address is good for: where nothing is said of it, only what the site's own people wrote counts. */
function linkKinds(
  strategy: Strategy,
  { emailIsVerified, emailKey }: { emailIsVerified: boolean | null; emailKey: string },
): LinkByEmail['kind'][] {
  const isTrusted = emailIsVerified ?? providerNamed(strategy.provider)?.directory === 'own'
  if (!isTrusted) return []
  const isOwned = emailIsVerified && ownsDomainOf(strategy, emailKey)
  return isOwned ? ['invitation', 'verified-address'] : ['invitation']
}
