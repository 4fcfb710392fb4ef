import { authorOf } from '../../history/event-by.ts'
import type { Clock } from '../../platform/clock.ts'
import { Problem } from '../../platform/problem.ts'
import type { RequestFacts } from '../../platform/request-facts.ts'
import type { Region } from '../../regions/region.ts'
import type { UsernameDirectory } from '../../regions/username-directory.ts'
import { notAccepted } from '../../sso/ask-provider.ts'
import type { ByAddress, IdentityStore, LinkedBy } from '../../sso/identity-store.ts'
import { makesUserOf, ownsDomainOf } from '../../sso/made-users.ts'
import { providerNamed } from '../../sso/providers.ts'
import type { Strategy } from '../../sso/strategy.ts'
import type { Account } from '../../users/account.ts'
import { createUser } from '../../users/create-user.ts'
import type { UserStore } from '../../users/user-store.ts'
import { comparableName, isWellFormed } from '../../users/username.ts'
import type { Proof } from './proof.ts'

export interface WhoseNeeds {
  clock: Clock
  directory: UsernameDirectory
  usersIn: (region: Region) => UserStore
  identitiesIn: (region: Region) => IdentityStore
}

/** The user that a person is, and by what: nothing is written but a user that is made. */
export interface Owner {
  account: Account
  linkedBy: LinkedBy
}

/** How many names are tried for a user whose own is taken. */
const MOST_NAMES = 5

/**
 * Whose log in it is: by issuer and subject; at the first, by an address that the provider vouches for and the
 * strategy owns, or by the admin's invitation; else of a user that is made, where the strategy makes users.
 * @throws {Problem} invalid-oauth where it is nobody's
 */
export async function whoseIs(needs: WhoseNeeds, region: Region, arrived: Arrived): Promise<Owner> {
  const { strategy, proof } = arrived
  const known = await needs.identitiesIn(region).ownerOf(strategy.siteId, proof.person)
  if (known) return { account: known, linkedBy: { kind: 'identity' } }
  const linked = await linkByAddress(needs, region, arrived)
  if (linked) return linked
  if (!strategy.provisionUsers || !makesUserOf(strategy, proof.person))
    throw notAccepted('unknown', 'nobody is linked')
  return provision(needs, region, arrived)
}

/** Whom a provider has named, and by which request. */
interface Arrived {
  strategy: Strategy
  proof: Proof
  request: RequestFacts
}

async function linkByAddress(
  { identitiesIn }: WhoseNeeds,
  region: Region,
  { strategy, proof: { person } }: Arrived,
): Promise<Owner | null> {
  if (person.email === null) return null
  const emailKey = comparableName(person.email)
  for (const kind of waysToLink(strategy, { ...person, emailKey })) {
    const linkedBy = { kind, emailKey }
    const account = await identitiesIn(region).linkable(person.issuer, strategy, linkedBy)
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

/** Makes the user of a person whom nobody knows. At the same time as another: the one that is there then. */
async function provision(needs: WhoseNeeds, region: Region, arrived: Arrived): Promise<Owner> {
  const { strategy, proof, request } = arrived
  const { person, isAdmin } = proof
  for (const username of namesFor(proof)) {
    try {
      const id = await createUser(needs, region, {
        by: authorOf(`strategy:${strategy.id}`, request),
        ...{ siteId: strategy.siteId, username, email: person.email },
        emailIsVerified: person.emailIsVerified === true,
        ...{ authenticationMethod: 'sso', ssoStrategyId: strategy.id },
        ...{ siteAdmin: isAdmin ?? false, require2fa: strategy.provisionRequire2fa },
      })
      const account = await needs.usersIn(region).withId(id)
      if (account) return { account, linkedBy: { kind: 'made' } }
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 422) throw error
      const made = await linkByAddress(needs, region, arrived)
      if (made) return made
    }
  }
  throw notAccepted('unknown', 'no name is free for a user')
}

/** An address as a name is for who owns it only; else its first part, or what the provider calls the person. */
function namesFor({ person: { email, emailIsVerified, name } }: Proof): string[] {
  const known = (email ?? name ?? '').split('@')[0]?.trim() ?? ''
  const base = isWellFormed(known) ? known : 'user'
  const others = Array.from({ length: MOST_NAMES }, (_, i) => (i === 0 ? base : `${base}-${i + 1}`))
  return email !== null && emailIsVerified ? [email, ...others] : others
}
