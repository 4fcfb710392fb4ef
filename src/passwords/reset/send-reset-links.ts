import { mailLanguage } from '../../notifications/mail-language.ts'
import type { Outbox } from '../../notifications/outbox.ts'
import { resetMail } from '../../notifications/reset-mail.ts'
import type { SentNotices } from '../../notifications/sent-notices.ts'
import type { TaskContent } from '../../notifications/task-kinds.ts'
import type { Waiting } from '../../notifications/work-outbox.ts'
import type { Clock } from '../../storage/clock.ts'
import { newId } from '../../storage/ids.ts'
import type { Region, Regions } from '../../storage/region.ts'
import type { Account } from '../../users/account.ts'
import { comparableName } from '../../users/username.ts'
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
