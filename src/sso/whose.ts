import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { formerName } from '../users/username.ts'
import type { ByAddress, LinkedBy } from './identity-store.ts'
import { ownsDomainOf } from './made-users.ts'
import type { Proof } from './proof.ts'
import { providerNamed } from './providers.ts'
import type { Strategy } from './strategy.ts'

/** The user that a person is, and by what. */
export interface Owner {
  account: Account
  linkedBy: LinkedBy
}

/** Whom a provider has named. */
export interface Arrived {
  strategy: Strategy
  proof: Proof
}

/**
 * Whose log in it is: by issuer and subject; at the first, by the admin's invitation, or by an address that the
 * provider vouches for and the strategy owns. Null where it is nobody's. Nothing is written.
 */
export async function whoseIs(
  ctx: Ctx,
  region: Region,
  { strategy, proof: { person } }: Arrived,
): Promise<Owner | null> {
  const identities = ctx.in(region).identities
  const known = await identities.ownerOf(strategy.siteId, person)
  if (known) return { account: known, linkedBy: { kind: 'identity' } }
  if (person.email === null) return null
  const emailKey = formerName(person.email)
  for (const kind of waysToLink(strategy, { ...person, emailKey })) {
    const linkedBy = { kind, emailKey }
    const account = await identities.linkable(person.issuer, strategy, linkedBy)
    if (account) return { account, linkedBy }
  }
  return null
}

/** What an address is good for: where nothing is said of it, only what the site's own people wrote counts. */
function waysToLink(
  strategy: Strategy,
  { emailIsVerified, emailKey }: { emailIsVerified: boolean | null; emailKey: string },
): ByAddress['kind'][] {
  const isTrusted = emailIsVerified ?? providerNamed(strategy.provider)?.directory === 'own'
  if (!isTrusted) return []
  const isOwned = emailIsVerified && ownsDomainOf(strategy, emailKey)
  return isOwned ? ['invitation', 'verified-address'] : ['invitation']
}
