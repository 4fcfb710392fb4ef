import { resetMail } from '../mail/reset-mail.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { TaskContent } from '../outbox/task-kinds.ts'
import type { Waiting } from '../outbox/work-outbox.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { supportedLanguage } from '../platform/languages.ts'
import { logFailure } from '../platform/log.ts'
import type { Region, Regions } from '../regions/region.ts'
import { hasMultipleRegions, siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { newResetCode, RESET_CODE_LIFETIME_MS, resetCodeDigest } from './reset-code.ts'
import type { ResetCodeStore } from './reset-code-store.ts'
import type { ResetLedger } from './reset-ledger.ts'

export interface SendResetLinksNeeds {
  clock: Clock
  globalOrigin: URL
  regions: Regions
  outboxIn: (region: Region) => Outbox
  resetsIn: (region: Region) => ResetLedger
  resetCodesIn: (region: Region) => ResetCodeStore
}

type Asked = TaskContent<'reset-request'>

/**
 * Finds whom a request for a reset means, and makes one mail for each address, with a link for each of
 * its users. Nothing is joined across regions: each sends its own.
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
    for (const accounts of Map.groupBy(meant, ({ user }) => user.emailKey).values()) {
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
    const { user, site } = account
    if (!(await ledger.countMail({ id: newId(region.code), userId: user.id, at: now }))) continue
    const code = newResetCode(region)
    const row = {
      digest: await resetCodeDigest(code),
      userId: user.id,
      credentialVersion: user.credentialVersion,
      expiresAt: now + RESET_CODE_LIFETIME_MS,
    }
    // A site that keeps to one region leaves nothing of its users in KV, which is everywhere.
    if (hasMultipleRegions(site))
      await logFailure(needs.resetCodesIn(region).remember(row, now), 'reset code into KV')
    const url = `${siteOrigin(site, needs.globalOrigin)}/reset?code=${code}`
    links.push({ account, row, link: { username: user.username, siteName: site.name, url } })
  }
  const [first] = links
  if (!first) return null
  const { user, site } = first.account
  const language =
    supportedLanguage(user.language) ??
    supportedLanguage(site.language) ??
    supportedLanguage(to.language) ??
    'en'
  const mail = resetMail(language, {
    to: user.email ?? '',
    links: links.map(({ link }) => link),
  })
  const outbox = needs.outboxIn(region)
  const task = await outbox.prepare('mail', mail, now)
  await ledger.issue(
    links.map(({ row }) => row),
    task,
  )
  return { outbox, task }
}
