import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { type ComposedMail, mailLanguage } from '../notifications/compose-mail.ts'
import { lockedMail, newDeviceMail, wrongCodesMail } from '../notifications/notice-mails.ts'
import type { Task } from '../notifications/outbox.ts'
import { isCounted } from '../notifications/sent-notices.ts'
import type { TaskContent } from '../notifications/task-kinds.ts'
import type { Waiting } from '../notifications/task-workers.ts'
import type { Statement } from '../storage/batch.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { comparableName } from '../users/username.ts'
import {
  countersFor,
  type FoundAccount,
  type NamedAttempt,
  type UsersOf,
} from './failure-counter.ts'
import { callerDigest, isNewTo } from './known-callers.ts'
import { mayUse } from './policy.ts'

/** The number of wrong codes in a row, after a right password, that a user is notified of. */
const NOTIFIED_WRONG_CODES = 3
/** Statements of the batch that decides a login. They store an email if the condition holds. */
export type Notice = (condition: SQL) => Statement[]

interface Noticed {
  attempt: NamedAttempt
  account: Account
  /** The caller's language. */
  language: string
}

/**
 * Notifies a user of a login from a new device or address: not of the first login, and once a day at most. It must
 * come before the statement that makes the caller known.
 */
export async function newDeviceNotice(
  ctx: Ctx,
  region: Region,
  noticed: Noticed & { known: FoundAccount },
): Promise<Notice> {
  const { attempt, account, known } = noticed
  const { callerDigest, rememberedDigest, at } = attempt
  const callers = [callerDigest, rememberedDigest].filter((digest) => digest !== null)
  if (known.seenAt !== null || callers.length === 0 || account.user.lastLoginAt === null)
    return () => []
  const mail = newDeviceMail(contentOf(ctx, noticed))
  if (!mail) return () => []
  const userId = account.user.id
  const notice = { id: newId(region.code), userId, kind: 'new-device', at } as const
  const insertion = await unsentMail(ctx, region, { mail, at })
  return (condition) => [
    ctx.in(region).sentNotices.insertion(
      notice,
      sql`${condition}
      AND ${isNewTo({ userId, callers, at })}`,
    ),
    insertion(isCounted(notice)),
  ]
}

/** Notifies a user, at the third wrong code in a row, that somebody knows their password. */
export async function wrongCodesNotice(
  ctx: Ctx,
  region: Region,
  noticed: Noticed,
): Promise<Notice> {
  const { attempt, account } = noticed
  const mail = wrongCodesMail(contentOf(ctx, noticed))
  if (!mail) return () => []
  const insertion = await unsentMail(ctx, region, { mail, at: attempt.at })
  return (condition) => [
    insertion(sql`${condition} AND EXISTS (SELECT 1 FROM users
      WHERE id = ${account.user.id} AND wrong_codes = ${NOTIFIED_WRONG_CODES})`),
  ]
}

/**
 * Prepared for every failure, whether or not the name exists, and stored with the failure that locks the name. The
 * cron sends it.
 */
export async function prepareLockNotice(
  ctx: Ctx,
  region: Region,
  { attempt, language }: { attempt: NamedAttempt; language: string },
): Promise<Task> {
  const { formerKey: nameKey, siteId, address, at } = attempt
  const content = { nameKey, siteId, address, language }
  return { ...(await ctx.in(region).outbox.prepare('lock-notice', content, at)), nextAttemptAt: at }
}

/** The cron sends it with its next run. */
async function unsentMail(
  ctx: Ctx,
  region: Region,
  { mail, at }: { mail: ComposedMail; at: number },
): Promise<(condition: SQL) => Statement> {
  const outbox = ctx.in(region).outbox
  const task = { ...(await outbox.prepare('mail', mail, at)), nextAttemptAt: at }
  return (condition) => outbox.insertion(task, condition)
}

function contentOf({ globalOrigin }: Ctx, { attempt, account, language }: Noticed) {
  const { at, address, userAgent } = attempt
  return { account, at, address, userAgent, globalOrigin, requestedLanguage: language }
}

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
