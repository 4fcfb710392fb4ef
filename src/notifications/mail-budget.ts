import * as z from 'zod'
import type { User } from '../users/account.ts'
import { comparableName } from '../users/username.ts'
import { isVerifiedOwner } from '../users/verified-address.ts'

/** What mail is for. Each kind has a budget of its own, so that none uses up another's. */
const mailKind = z.enum(['invitation', 'reset', 'notice'])

/** The budget that a mail counts against: that of the site that asked, and of the address there. */
export const mailBudget = z.object({ siteId: z.int(), emailKey: z.string(), kind: mailKind })

export type MailBudget = z.infer<typeof mailBudget>

/**
 * What a mail to these users of one site and address counts against. Null for a verified owner: nobody else can
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
