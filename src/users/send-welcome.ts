import { Problem } from '../http/problem.ts'
import { budgetOf } from '../notifications/mail-budget.ts'
import { mailLanguage } from '../notifications/mail-language.ts'
import type { Outbox } from '../notifications/outbox.ts'
import type { SentNotices } from '../notifications/sent-notices.ts'
import type { UnverifiedMails } from '../notifications/unverified-mails.ts'
import { welcomeMail } from '../notifications/welcome-mail.ts'
import type { Waiting } from '../notifications/work-outbox.ts'
import type { ResetLedger } from '../passwords/reset/reset-ledger.ts'
import { makeResetLink, type ResetLinkNeeds } from '../passwords/reset/reset-link.ts'
import { type Clock, DAY } from '../storage/clock.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import { accepts } from './accepted-proofs.ts'
import type { Account } from './account.ts'
import { comparableName } from './username.ts'

/** An invitation may lie in a mailbox over night. */
const INVITATION_LIFETIME_MS = DAY

export interface SendWelcomeNeeds extends ResetLinkNeeds {
  clock: Clock
  outboxIn: (region: Region) => Outbox
  resetsIn: (region: Region) => ResetLedger
  sentNoticesIn: (region: Region) => SentNotices
  unverifiedMailsIn: (region: Region) => UnverifiedMails
  workAfterReply: (waiting: Waiting[]) => void
}

/**
 * Who a welcome counts against: the budget that its site has for unverified addresses, or nobody, where it was
 * counted before or the operator sends it.
 */
export type WelcomeBudget = 'site' | 'none'

/** A user who needs an address has one. @throws {Problem} model-save-error */
export function expectAddress(email: string | null): string {
  if (email === null)
    throw new Problem('processing-failure/model-save-error', {
      modelErrors: { email: ['email-missing'] },
    })
  return email
}

/**
 * Creates a user who is welcomed by mail, once the site's budget for it has been charged: nobody is created who
 * could not be told. What is charged for a user who then is not created is given back.
 * @throws {Problem} model-save-error where there is no address; too-many-requests
 */
export async function withinWelcomeBudget<Created>(
  needs: Pick<SendWelcomeNeeds, 'clock' | 'unverifiedMailsIn'>,
  region: Region,
  { siteId, email }: { siteId: number; email: string | null },
  create: () => Promise<Created>,
): Promise<Created> {
  const emailKey = comparableName(expectAddress(email))
  const mails = needs.unverifiedMailsIn(region)
  const id = newId(region.code)
  const mail = { id, siteId, emailKey, kind: 'invitation', at: needs.clock() } as const
  if (!(await mails.count(mail))) throw tooMany()
  try {
    return await create()
  } catch (error) {
    await mails.release(id)
    throw error
  }
}

/**
 * Greets a user by mail; one that is to log in by a password and has none gets the link to choose it.
 * @param language for users and sites that have none of their own
 * @throws {Problem} model-save-error where the user has no address; too-many-requests
 */
export async function sendWelcome(
  needs: SendWelcomeNeeds,
  { region, account }: { region: Region; account: Account },
  { language, budget }: { language: string; budget: WelcomeBudget },
): Promise<void> {
  const { user } = account
  expectAddress(user.email)
  const now = needs.clock()
  const id = newId(region.code)
  const notice = { id, userId: user.id, kind: 'welcome', at: now } as const
  if (!(await needs.sentNoticesIn(region).count(notice))) throw tooMany()
  const charged = budget === 'site' ? budgetOf([user], 'invitation') : null
  if (charged && !(await needs.unverifiedMailsIn(region).count({ id, ...charged, at: now })))
    throw tooMany()
  const link =
    user.passwordHash === null && accepts(user, 'password')
      ? await makeResetLink(needs, region, { account, now, lifetimeMs: INVITATION_LIFETIME_MS })
      : null
  const mail = welcomeMail(mailLanguage(account, language), {
    account,
    setPasswordUrl: link?.url ?? null,
    globalOrigin: needs.globalOrigin,
  })
  const outbox = needs.outboxIn(region)
  // It is counted already, so that whoever asks is told where it cannot be sent.
  const task = await outbox.prepare('mail', { ...mail, budget: null }, now)
  await needs.resetsIn(region).issue(link ? [link.row] : [], task)
  needs.workAfterReply([{ outbox, task }])
}

function tooMany(): Problem {
  return new Problem('rate-limited/too-many-requests', {
    modelErrors: { email: ['too-many-invitations'] },
    headers: { 'Retry-After': '3600' },
  })
}
