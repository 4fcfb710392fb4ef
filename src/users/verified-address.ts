import type { User } from './account.ts'

/**
 * Whether the present address of a user is verified by a proof that no tenant could forge: a password set by a code
 * that was mailed there, an identity provider whose directory no tenant influences, the site's own verified domain,
 * or the operator's word.
 */
export function isVerifiedOwner({
  emailKey,
  verifiedEmailKey,
}: Pick<User, 'emailKey' | 'verifiedEmailKey'>): boolean {
  return emailKey !== null && emailKey === verifiedEmailKey
}
