import type { ModelError } from '../http/problem.ts'
import { readDomainName } from '../sites/domain-name.ts'
import type { Site } from '../sites/site.ts'
import type { Person } from './assertion.ts'
import { providerNamed } from './providers.ts'
import type { Strategy } from './strategy.ts'

type ProvisionRules = Pick<Strategy, 'provider' | 'emailDomains' | 'provisionGroupRequired'>

/**
 * Why a strategy cannot create users with these settings; null if it can. If the provider admits people whom the site
 * did not choose, the strategy needs another condition: a verified address in a domain, or a group.
 */
export function whyNotProvisioning(rules: ProvisionRules): ModelError | null {
  const provider = providerNamed(rules.provider)
  if (provider?.directory === 'own') return null
  if (provider?.protocol === 'oauth2' && provider.emailVerified === null) return 'provision-never'
  if (rules.emailDomains !== '') return null
  const byGroup = provider?.directory === 'tenant' && rules.provisionGroupRequired !== ''
  return byGroup ? null : 'provision-for-everybody'
}

/** Whether a strategy creates a user for this person, who is in the groups that it requires. */
export function provisionsUserFor(
  rules: ProvisionRules,
  { email, emailIsVerified }: Pick<Person, 'email' | 'emailIsVerified'>,
): boolean {
  if (whyNotProvisioning(rules) !== null) return false
  if (providerNamed(rules.provider)?.directory === 'own' || rules.emailDomains === '') return true
  return emailIsVerified === true && email !== null && ownsDomainOf(rules, email)
}

/** Reads a list of domains into the stored form, comma-separated and comparable. Invalid names stay, to be refused. */
export function readEmailDomains(typed: string): string {
  const names = typed.split(/[\s,]+/).filter((name) => name !== '')
  return names.map((name) => readDomainName(name) ?? name).join(',')
}

export function ownsDomainOf({ emailDomains }: Pick<Strategy, 'emailDomains'>, email: string) {
  const domain = readDomainName(email.slice(email.lastIndexOf('@') + 1))
  return domain !== null && emailDomains.split(',').includes(domain)
}

/**
 * Whether a person's address is verified in a way that no tenant can forge. A provider of the site's own verifies any
 * address that its admin enters, so its word counts only for the site's own verified domain.
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
