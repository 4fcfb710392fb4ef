import { welcomeMail } from '../mail/welcome-mail.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { SentNotices } from '../outbox/sent-notices.ts'
import type { Waiting } from '../outbox/work-outbox.ts'
import { type Clock, DAY } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { supportedLanguage } from '../platform/languages.ts'
import { Problem } from '../platform/problem.ts'
import type { Region } from '../regions/region.ts'
import { siteOrigin } from '../sites/site.ts'
import { accepts } from '../users/accepted-proofs.ts'
import type { Account } from '../users/account.ts'
import { comparableName } from '../users/username.ts'
import type { ResetLedger } from './reset-ledger.ts'
import { makeResetLink, type ResetLinkNeeds } from './reset-link.ts'

/** An invitation may lie in a mailbox over night. */
const INVITATION_LIFETIME_MS = DAY

export interface SendWelcomeNeeds extends ResetLinkNeeds {
  clock: Clock
  outboxIn: (region: Region) => Outbox
  resetsIn: (region: Region) => ResetLedger
  sentNoticesIn: (region: Region) => SentNotices
  workAfterReply: (waiting: Waiting[]) => void
}

/**
 * Whether a user who is about to be made can be greeted: it has an address that has not had its share.
 * @throws {Problem} model-save-error; too-many-requests
 */
export async function checkWelcome(
  needs: Pick<SendWelcomeNeeds, 'clock' | 'sentNoticesIn'>,
  region: Region,
  email: string | null,
): Promise<void> {
  if (email === null) throw noAddress()
  const asked = { kind: 'welcome', at: needs.clock() } as const
  if (!(await needs.sentNoticesIn(region).mayBeSent(comparableName(email), asked))) throw tooMany()
}

/**
 * Greets a user by mail; one that is to log in by a password and has none gets the link to choose it.
 * @param language for users and sites that have none of their own
 * @throws {Problem} model-save-error where the user has no address; too-many-requests
 */
export async function sendWelcome(
  needs: SendWelcomeNeeds,
  { region, account }: { region: Region; account: Account },
  language: string,
): Promise<void> {
  const { user, site } = account
  if (user.email === null) throw noAddress()
  const now = needs.clock()
  const notice = { id: newId(region.code), userId: user.id, kind: 'welcome', at: now } as const
  if (!(await needs.sentNoticesIn(region).count(notice))) throw tooMany()
  const link =
    user.passwordHash === null && accepts(user, 'password')
      ? await makeResetLink(needs, region, { account, now, lifetimeMs: INVITATION_LIFETIME_MS })
      : null
  const own = supportedLanguage(user.language) ?? supportedLanguage(site.language)
  const mail = welcomeMail(own ?? supportedLanguage(language) ?? 'en', {
    ...{ to: user.email, username: user.username, siteName: site.name },
    ...(link ? { setPasswordUrl: link.url } : { siteUrl: siteOrigin(site, needs.globalOrigin) }),
  })
  const outbox = needs.outboxIn(region)
  const task = await outbox.prepare('mail', mail, now)
  await needs.resetsIn(region).issue(link ? [link.row] : [], task)
  needs.workAfterReply([{ outbox, task }])
}

function noAddress(): Problem {
  return new Problem('processing-failure/model-save-error', {
    modelErrors: { email: ['email-missing'] },
  })
}

function tooMany(): Problem {
  return new Problem('rate-limited/too-many-requests', { headers: { 'Retry-After': '3600' } })
}
