import * as z from 'zod'
import { isVerifiedOwner, type User } from '../users/account.ts'
import { comparableName } from '../users/username.ts'

/** The purpose of an email. Each has its own budget, so that none uses up another's. */
const mailKind = z.enum(['invitation', 'reset', 'notice'])

/** The budget of an email: by the site that caused it and the address. */
export const mailBudget = z.object({ siteId: z.int(), emailKey: z.string(), kind: mailKind })

export type MailBudget = z.infer<typeof mailBudget>

/**
 * The budget of an email to these users of one site and address. Null for a verified owner, so that nobody else can
 * use up what an owner is sent.
 */
export function budgetOf(
  users: Pick<User, 'siteId' | 'emailKey' | 'verifiedEmailKey'>[],
  kind: MailBudget['kind'],
): MailBudget | null {
  const [first] = users
  if (!first || first.emailKey === null || users.some(isVerifiedOwner)) return null
  return { siteId: first.siteId, emailKey: comparableName(first.emailKey), kind }
}
