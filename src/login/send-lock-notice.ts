import type { Ctx } from '../context.ts'
import { mailLanguage } from '../notifications/mail-language.ts'
import { lockedMail } from '../notifications/notice-mails.ts'
import type { TaskContent } from '../notifications/task-kinds.ts'
import type { Waiting } from '../notifications/task-workers.ts'
import { newId } from '../storage/ids.ts'
import { comparableName } from '../users/username.ts'
import { countersFor } from './failure-counter.ts'
import { callerDigest } from './known-callers.ts'
import type { UsersOf } from './named-attempt.ts'
import { mayUse } from './policy.ts'

/** Notifies the owner of a locked name, if there is one, once a day at most and only while the lockout lasts. */
export async function sendLockNotice(
  ctx: Ctx,
  { nameKey: formerKey, siteId, address, language }: TaskContent<'lock-notice'>,
  { outbox, task }: Waiting,
): Promise<Waiting[]> {
  const { region } = outbox
  const { nameDigestKey: key } = ctx
  const now = ctx.clock()
  const caller = await callerDigest(key, { address })
  const nameKey = comparableName(formerKey)
  const counters = await countersFor(key, { nameKey, siteId }, caller)
  const usersOf: UsersOf =
    siteId === null ? { kind: 'any', region: null } : { kind: 'site-id', siteId }
  const named = { nameKey, formerKey, usersOf, counters, callerDigest: caller, at: now }
  const { account, lockedUntil } = await ctx.in(region).logins.findAtPrimary(named)
  if (!account || lockedUntil === null || lockedUntil <= now) return []
  const { user } = account
  if (user.email === null || !mayUse(user, 'password')) return []
  const notice = { id: newId(region.code), userId: user.id, kind: 'lock', at: now } as const
  if (!(await ctx.in(region).sentNotices.count(notice))) return []
  const mail = lockedMail(mailLanguage(account, language), {
    account,
    until: lockedUntil,
    address,
    globalOrigin: ctx.globalOrigin,
  })
  const mailTask = await outbox.prepare('mail', mail, now)
  const { meta } = await outbox.replacement(task, mailTask)
  return meta.changes === 1 ? [{ outbox, task: mailTask }] : []
}
