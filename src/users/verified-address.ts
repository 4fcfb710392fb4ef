import type { User } from './account.ts'

/**
 * Whether the present address of a user is known to be the user's own, by proof that no tenant could make up: a
 * password set by a code that was mailed there, a provider in whose directory no tenant has a say, the site's own
 * verified domain, or the operator's word.
 */
export function isVerifiedOwner({
  emailKey,
  verifiedEmailKey,
}: Pick<User, 'emailKey' | 'verifiedEmailKey'>): boolean {
  return emailKey !== null && emailKey === verifiedEmailKey
}
