import { lockedMail } from '../notifications/locked-mail.ts'
import { mailLanguage } from '../notifications/mail-language.ts'
import type { Outbox } from '../notifications/outbox.ts'
import type { SentNotices } from '../notifications/sent-notices.ts'
import type { TaskContent } from '../notifications/task-kinds.ts'
import type { Waiting } from '../notifications/work-outbox.ts'
import type { Clock } from '../storage/clock.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
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
