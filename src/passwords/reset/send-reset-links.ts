import type { Ctx } from '../../context.ts'
import { mailLanguage } from '../../notifications/mail-language.ts'
import { resetMail } from '../../notifications/reset-mail.ts'
import type { TaskContent } from '../../notifications/task-kinds.ts'
import type { Waiting } from '../../notifications/task-workers.ts'
import { newId } from '../../storage/ids.ts'
import type { Region } from '../../storage/region.ts'
import type { Account } from '../../users/account.ts'
import { comparableName } from '../../users/username.ts'
import { RESET_CODE_LIFETIME_MS } from './reset-code.ts'
import { makeResetLink } from './reset-link.ts'

type ResetRequest = TaskContent<'reset-request'>

/**
 * Finds the users that a reset request means and makes one email for each site and address, with a link for each
 * user, so that no email has links of two sites. Each region sends its own.
 */
export async function sendResetLinks(
  ctx: Ctx,
  request: ResetRequest,
  home: Region,
): Promise<Waiting[]> {
  const regions = request.siteId === null ? ctx.regions.all : [home]
  const sent: Waiting[] = []
  for (const region of regions) {
    const meant = await ctx.in(region).resets.usersMeant(request)
    const bySite = Map.groupBy(
      meant,
      ({ user }) => `${user.siteId} ${comparableName(user.email ?? '')}`,
    )
    for (const accounts of bySite.values()) {
      const waiting = await mailLinks(ctx, region, { accounts, language: request.language })
      if (waiting) sent.push(waiting)
    }
  }
  return sent
}

async function mailLinks(
  ctx: Ctx,
  region: Region,
  to: { accounts: Account[]; language: string },
): Promise<Waiting | null> {
  const now = ctx.clock()
  const ledger = ctx.in(region).resets
  const links = []
  for (const account of to.accounts) {
    const notice = {
      id: newId(region.code),
      userId: account.user.id,
      kind: 'reset',
      at: now,
    } as const
    if (!(await ctx.in(region).sentNotices.count(notice))) continue
    const made = { account, now, lifetimeMs: RESET_CODE_LIFETIME_MS }
    links.push({ account, ...(await makeResetLink(ctx, region, made)) })
  }
  const [first, ...others] = links
  if (!first) return null
  const language = mailLanguage(first.account, to.language)
  const mail = resetMail(language, { first, others, globalOrigin: ctx.globalOrigin })
  const outbox = ctx.in(region).outbox
  const task = await outbox.prepare('mail', mail, now)
  await ledger.issue(
    links.map(({ row }) => row),
    task,
  )
  return { outbox, task }
}
