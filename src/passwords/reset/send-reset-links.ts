import type { Ctx } from '../../context.ts'
import { mailLanguage } from '../../notifications/compose-mail.ts'
import { resetMail } from '../../notifications/link-mails.ts'
import type { Task } from '../../notifications/outbox.ts'
import type { TaskContent } from '../../notifications/task-kinds.ts'
import type { Waiting } from '../../notifications/task-workers.ts'
import { newId } from '../../storage/ids.ts'
import type { Region } from '../../storage/region.ts'
import type { Account } from '../../users/account.ts'
import { comparableName } from '../../users/username.ts'
import { RESET_CODE_LIFETIME_MS } from './reset-code.ts'
import type { ResetCodeRow } from './reset-code-store.ts'
import { makeResetLink } from './reset-link.ts'

/**
 * Finds the users that a reset request means and makes one email for each site and address, with a link for each
 * user, so that no email has links of two sites. Each region sends its own. The request's region is the last, because
 * there an email takes the place of the request. If another region fails, the request stays and is repeated, and the
 * users of this one have their email already.
 */
export async function sendResetLinks(
  ctx: Ctx,
  request: TaskContent<'reset-request'>,
  { outbox: { region: home }, task }: Waiting,
): Promise<Waiting[]> {
  const elsewhere =
    request.siteId === null ? ctx.regions.all.filter((region) => region !== home) : []
  const sent: Waiting[] = []
  const failures: unknown[] = []
  for (const region of elsewhere)
    await sendIn(ctx, region, { request, replaced: null }).then(
      (mails) => sent.push(...mails),
      (error) => failures.push(error),
    )
  const replaced = failures.length === 0 ? task : null
  sent.push(...(await sendIn(ctx, home, { request, replaced })))
  if (failures.length > 0) throw failures[0]
  return sent
}

async function sendIn(
  ctx: Ctx,
  region: Region,
  { request, replaced }: { request: TaskContent<'reset-request'>; replaced: Task | null },
): Promise<Waiting[]> {
  const { resets, outbox } = ctx.in(region)
  const meant = await resets.usersMeant(request)
  const bySite = Map.groupBy(
    meant,
    ({ user }) => `${user.siteId} ${comparableName(user.email ?? '')}`,
  )
  const codes: ResetCodeRow[] = []
  const mails: Task[] = []
  for (const accounts of bySite.values()) {
    const made = await mailLinks(ctx, region, { accounts, language: request.language })
    if (!made) continue
    codes.push(...made.codes)
    mails.push(made.mail)
  }
  const [first, ...others] = mails
  if (!first || !(await resets.issue(codes, [first, ...others], replaced))) return []
  return mails.map((mail) => ({ outbox, task: mail }))
}

async function mailLinks(
  ctx: Ctx,
  region: Region,
  to: { accounts: Account[]; language: string },
): Promise<{ codes: ResetCodeRow[]; mail: Task } | null> {
  const now = ctx.clock()
  const links = []
  for (const account of to.accounts) {
    const notice = { id: newId(region.code), userId: account.user.id, at: now }
    if (!(await ctx.in(region).sentNotices.count({ ...notice, kind: 'reset' }))) continue
    const made = { account, now, lifetimeMs: RESET_CODE_LIFETIME_MS }
    links.push({ account, ...(await makeResetLink(ctx, region, made)) })
  }
  const [first, ...others] = links
  if (!first) return null
  const language = mailLanguage(first.account, to.language)
  const mail = resetMail(language, { first, others, globalOrigin: ctx.globalOrigin })
  return {
    codes: links.map(({ row }) => row),
    mail: await ctx.in(region).outbox.prepare('mail', mail, now),
  }
}
