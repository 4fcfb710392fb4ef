import { readDomainName } from '../sites/domain-name.ts'
import type { Site } from '../sites/site.ts'
import type { Person } from './identity.ts'
import { providerNamed } from './providers.ts'
import type { Strategy } from './strategy.ts'

/**
 * Whether a person owns their address by proof that no tenant could make up. A provider of the site's own verifies
 * whatever address its admin likes, so no other site has to believe it, and no mail is sent on its word; but for the
 * site's own verified domain.
 */
export function isEmailVerified(
  { email, emailIsVerified }: Pick<Person, 'email' | 'emailIsVerified'>,
  { strategy, site }: { strategy: Strategy; site: Site },
): boolean {
  if (email === null || emailIsVerified !== true) return false
  const domain = readDomainName(email.slice(email.lastIndexOf('@') + 1))
  const isOfSite = site.domainVerifiedAt !== null && site.domain === domain
  return isOfSite || providerNamed(strategy.provider)?.directory === 'public'
}
