import { randomHex } from '../../platform/digests.ts'
import { readDomainName } from '../../platform/domain-name.ts'
import type { Site } from '../../sites/site.ts'
import type { Person } from '../../sso/identity.ts'
import { providerNamed } from '../../sso/providers.ts'
import type { Strategy } from '../../sso/strategy.ts'
import { whyNotUsername } from '../../users/username.ts'

/**
 * What a user may be called who is made of a person, the best first. Names are one for all sites: the last ones
 * are nobody's by chance.
 */
export function newUsernames(
  { email, emailIsVerified, name }: Pick<Person, 'email' | 'emailIsVerified' | 'name'>,
  { strategy, site }: { strategy: Strategy; site: Site },
): string[] {
  const known = (email ?? name ?? '').split('@')[0]?.trim() ?? ''
  const base = whyNotUsername(known) === null ? known : 'user'
  const here = `${base}-${site.subdomain}`
  const others = [base, here, `${here}-${randomHex(3)}`, `${here}-${randomHex(3)}`]
  const isOwner = email !== null && emailIsVerified && provesToAll(email, { strategy, site })
  return isOwner ? [email, ...others] : others
}

/** A provider of the site's own verifies whatever address its admin likes: no other site has to believe it. */
function provesToAll(
  email: string,
  { strategy, site }: { strategy: Strategy; site: Site },
): boolean {
  const domain = readDomainName(email.slice(email.lastIndexOf('@') + 1))
  const isOfSite = site.domainVerifiedAt !== null && site.domain === domain
  return isOfSite || providerNamed(strategy.provider)?.directory === 'public'
}
