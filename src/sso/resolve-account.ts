import { Authority, authorOf } from '../audit/credential-event.ts'
import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import { randomHex } from '../crypto/digests.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { outcomeOf, whyDenied } from '../login/policy.ts'
import type { Site } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { type CreateUserInput, createUser, userOf } from '../users/create-user.ts'
import { formerName, whyNotUsername } from '../users/username.ts'
import type { Assertion, Person } from './assertion.ts'
import { type LinkByEmail, type LinkedBy, newIdentity } from './identity-store.ts'
import { ssoRefused } from './provider-fetch.ts'
import { providerNamed } from './providers.ts'
import { isEmailVerified, ownsDomainOf, provisionsUserFor } from './provision-rules.ts'
import { isAllowedStrategy, type Strategy } from './strategy.ts'

/** A user, and why the person is this user. */
export interface ResolvedAccount {
  account: Account
  linkedBy: LinkedBy
}

interface StrategyAssertion {
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

interface ProvisionInput {
  region: Region
  strategy: Pick<Strategy, 'id'>
  request: RequestFacts
  /** Milliseconds since the Unix epoch. */
  at: number
}

/**
 * Creates a user for an unknown person whom the policy admits, and links them in the same batch, so that the next
 * login finds the link even if this login fails. If a parallel login has created the user, returns that user.
 * @throws {Problem} invalid-oauth if the assertion was used before, or no username is free
 */
export async function provisionUser(
  ctx: Ctx,
  coming: ProvisionInput,
  arrived: StrategyAssertion,
): Promise<ResolvedAccount | { outcome: Exclude<LoginOutcome, 'none'> }> {
  const { region, request, at } = coming
  const { strategy, assertion } = arrived
  const { person, isAdmin } = assertion
  if (!strategy.provisionUsers || !provisionsUserFor(strategy, person))
    return { outcome: 'username_not_found' }
  const site = await ctx.in(region).sites.withId(strategy.siteId)
  if (!site) throw ssoRefused('refused', 'the site is gone')
  const input: Omit<CreateUserInput, 'username'> = {
    by: authorOf(`strategy:${strategy.id}`, Authority.provedByRequest, request),
    siteId: strategy.siteId,
    email: person.email,
    emailIsVerified: isEmailVerified(person, { strategy, site }),
    authenticationMethod: 'sso',
    ssoStrategyId: strategy.id,
    siteAdmin: isAdmin ?? false,
    require2fa: strategy.provisionRequire2fa,
  }
  const user = userOf({ ...input, username: '' }, { id: 0, at })
  const account = { user, site }
  const outcome = outcomeOf(
    whyDenied(account, {
      scope: ctx.scope,
      client: request,
      home: region,
      at,
      by: 'identity-provider',
      isProved: isAllowedStrategy(account, strategy),
      usedAt: null,
      hasNewPassword: false,
    }),
  )
  if (outcome !== 'none') return { outcome }
  if (await ctx.in(region).partialSessions.isVoid(assertion.use))
    throw ssoRefused('used', 'used before')
  for (const username of newUsernames(person, { strategy, site })) {
    try {
      const id = await createUser(ctx, region, {
        ...input,
        username,
        alongside: ({ id: userId }) => {
          const identity = newIdentity(region, { userId, strategy, assertion, at })
          return [ctx.in(region).identities.insertion(identity)]
        },
      })
      const account = await ctx.in(region).users.withId(id)
      if (account) return { account, linkedBy: { kind: 'identity' } }
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 422) throw error
      const made = await resolveAccount(ctx, region, arrived)
      if (made) return made
    }
  }
  throw ssoRefused('unknown', 'no name is free for a user')
}

/**
 * Usernames for a new user, best first. Usernames are unique across sites, so the last ones end in random characters.
 */
function newUsernames(
  { email, emailIsVerified, name }: Pick<Person, 'email' | 'emailIsVerified' | 'name'>,
  { strategy, site }: { strategy: Strategy; site: Site },
): string[] {
  const known = (email ?? name ?? '').split('@')[0]?.trim() ?? ''
  const base = whyNotUsername(known) === null ? known : 'user'
  const here = `${base}-${site.subdomain}`
  const others = [base, here, `${here}-${randomHex(3)}`, `${here}-${randomHex(3)}`]
  const isOwner = isEmailVerified({ email, emailIsVerified }, { strategy, site })
  return email !== null && isOwner ? [email, ...others] : others
}
