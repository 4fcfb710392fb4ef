import { randomHex } from '../crypto/digests.ts'
import type { Site } from '../sites/site.ts'
import { whyNotUsername } from '../users/username.ts'
import type { Person } from './identity.ts'
import { isEmailVerified } from './owns-address.ts'
import type { Strategy } from './strategy.ts'

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
  const isOwner = isEmailVerified({ email, emailIsVerified }, { strategy, site })
  return email !== null && isOwner ? [email, ...others] : others
}
