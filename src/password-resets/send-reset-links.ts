import { mailLanguage } from '../mail/mail-language.ts'
import { resetMail } from '../mail/reset-mail.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { SentNotices } from '../outbox/sent-notices.ts'
import type { TaskContent } from '../outbox/task-kinds.ts'
import type { Waiting } from '../outbox/work-outbox.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Region, Regions } from '../regions/region.ts'
import type { Account } from '../users/account.ts'
import { comparableName } from '../users/username.ts'
import { RESET_CODE_LIFETIME_MS } from './reset-code.ts'
import type { ResetLedger } from './reset-ledger.ts'
import { makeResetLink, type ResetLinkNeeds } from './reset-link.ts'

export interface SendResetLinksNeeds extends ResetLinkNeeds {
  clock: Clock
  regions: Regions
  outboxIn: (region: Region) => Outbox
  resetsIn: (region: Region) => ResetLedger
  sentNoticesIn: (region: Region) => SentNotices
}

type Asked = TaskContent<'reset-request'>

/**
 * Finds whom a request for a reset means, and makes one mail for each site and address, with a link for each user of
 * them: no site's links stand beside another's. Nothing is joined across regions: each sends its own.
 */
export async function sendResetLinks(
  needs: SendResetLinksNeeds,
  asked: Asked,
  home: Region,
): Promise<Waiting[]> {
  const regions = asked.siteId === null ? needs.regions.all : [home]
  const sent: Waiting[] = []
  for (const region of regions) {
    const meant = await needs.resetsIn(region).usersMeant(asked)
    const bySite = Map.groupBy(
      meant,
      ({ user }) => `${user.siteId} ${comparableName(user.email ?? '')}`,
    )
    for (const accounts of bySite.values()) {
      const waiting = await mailLinks(needs, region, { accounts, language: asked.language })
      if (waiting) sent.push(waiting)
    }
  }
  return sent
}

async function mailLinks(
  needs: SendResetLinksNeeds,
  region: Region,
  to: { accounts: Account[]; language: string },
): Promise<Waiting | null> {
  const now = needs.clock()
  const ledger = needs.resetsIn(region)
  const links = []
  for (const account of to.accounts) {
    const notice = {
      id: newId(region.code),
      userId: account.user.id,
      kind: 'reset',
      at: now,
    } as const
    if (!(await needs.sentNoticesIn(region).count(notice))) continue
    const made = { account, now, lifetimeMs: RESET_CODE_LIFETIME_MS }
    links.push({ account, ...(await makeResetLink(needs, region, made)) })
  }
  const [first, ...others] = links
  if (!first) return null
  const language = mailLanguage(first.account, to.language)
  const mail = resetMail(language, { first, others, globalOrigin: needs.globalOrigin })
  const outbox = needs.outboxIn(region)
  const task = await outbox.prepare('mail', mail, now)
  await ledger.issue(
    links.map(({ row }) => row),
    task,
  )
  return { outbox, task }
}
