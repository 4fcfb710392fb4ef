import { lockedMail } from '../mail/locked-mail.ts'
import { mailLanguage } from '../mail/mail-language.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { SentNotices } from '../outbox/sent-notices.ts'
import type { TaskContent } from '../outbox/task-kinds.ts'
import type { Waiting } from '../outbox/work-outbox.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Region } from '../regions/region.ts'
import { accepts } from '../users/accepted-proofs.ts'
import { comparableName } from '../users/username.ts'
import type { UsersOf } from './account-finder.ts'
import { countersFor } from './failure-counter.ts'
import { callerDigest } from './known-callers.ts'
import type { LoginLedger } from './login-ledger.ts'

export interface SendLockNoticeNeeds {
  clock: Clock
  globalOrigin: URL
  nameDigestKey: CryptoKey
  outboxIn: (region: Region) => Outbox
  sentNoticesIn: (region: Region) => SentNotices
  ledgerIn: (region: Region) => LoginLedger
}

/**
 * Finds whose name was locked, if anybody's, and tells the owner: once a day at most, and only while
 * the lock lasts.
 */
export async function sendLockNotice(
  needs: SendLockNoticeNeeds,
  { nameKey: formerKey, siteId, address, language }: TaskContent<'lock-notice'>,
  region: Region,
): Promise<Waiting[]> {
  const { nameDigestKey: key } = needs
  const now = needs.clock()
  const caller = await callerDigest(key, { address })
  const nameKey = comparableName(formerKey)
  const counters = await countersFor(key, { nameKey, siteId }, caller)
  const usersOf: UsersOf =
    siteId === null ? { kind: 'any', region: null } : { kind: 'site-id', siteId }
  const named = { nameKey, formerKey, usersOf, counters, callerDigest: caller, at: now }
  const { account, lockedUntil } = await needs.ledgerIn(region).findAtPrimary(named)
  if (!account || lockedUntil === null || lockedUntil <= now) return []
  const { user } = account
  if (user.email === null || user.disabled || !accepts(user, 'password')) return []
  const notice = { id: newId(region.code), userId: user.id, kind: 'lock', at: now } as const
  if (!(await needs.sentNoticesIn(region).count(notice))) return []
  const mail = lockedMail(mailLanguage(account, language), {
    account,
    until: lockedUntil,
    address,
    globalOrigin: needs.globalOrigin,
  })
  const outbox = needs.outboxIn(region)
  const task = await outbox.prepare('mail', mail, now)
  await outbox.insertion(task)
  return [{ outbox, task }]
}
