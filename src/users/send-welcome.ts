import type { Ctx } from '../context.ts'
import { notSaved, Problem } from '../http/problem.ts'
import { accepts } from '../login/policy.ts'
import { budgetOf, mailLanguage } from '../notifications/compose-mail.ts'
import { welcomeMail } from '../notifications/link-mails.ts'
import {
  makeResetLink,
  mayChooseOwnPassword,
  UNASKED_LINK_LIFETIME_MS,
} from '../passwords/reset/reset-link.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from './account.ts'
import { comparableName } from './username.ts'

/**
 * The budget that a welcome email is charged to: the site's budget for unverified addresses, or none if it was
 * charged before or the operator sends it.
 */
type WelcomeBudget = 'site' | 'none'

/** Checks that users who need an address have one. @throws {Problem} model-save-error */
export function expectAddress(email: string | null): string {
  if (email === null) throw notSaved({ email: ['email-missing'] })
  return email
}

/**
 * Creates a user and welcomes them by email. The site's budget is charged first, so that no user is created who
 * cannot be notified. The charge is returned if the user is not created.
 * @throws {Problem} model-save-error if there is no address; too-many-requests
 */
export async function withinWelcomeBudget<Created>(
  ctx: Ctx,
  region: Region,
  { siteId, email }: { siteId: number; email: string | null },
  create: () => Promise<Created>,
): Promise<Created> {
  const emailKey = comparableName(expectAddress(email))
  const mails = ctx.in(region).unverifiedMails
  const id = newId(region.code)
  const mail = { id, siteId, emailKey, kind: 'invitation', at: ctx.clock() } as const
  if (!(await mails.count(mail))) throw tooMany()
  try {
    return await create()
  } catch (error) {
    await mails.release(mail)
    throw error
  }
}

/**
 * Sends the welcome email. Users who log in by password and have none, or one that an admin chose, get a link to
 * choose their own.
 * @param language for users and sites without a language of their own
 * @param passwordGiven whether an admin has just chosen the password
 * @throws {Problem} model-save-error if the user has no address; too-many-requests
 */
export async function sendWelcome(
  ctx: Ctx,
  { region, account }: { region: Region; account: Account },
  {
    language,
    budget,
    passwordGiven = false,
  }: { language: string; budget: WelcomeBudget; passwordGiven?: boolean },
): Promise<void> {
  const { user } = account
  expectAddress(user.email)
  const now = ctx.clock()
  const id = newId(region.code)
  const notice = { id, userId: user.id, kind: 'welcome', at: now } as const
  if (!(await ctx.in(region).sentNotices.count(notice))) throw tooMany()
  const charged = budget === 'site' ? budgetOf([user], 'invitation') : null
  if (charged && !(await ctx.in(region).unverifiedMails.count({ id, ...charged, at: now })))
    throw tooMany()
  const choosesOwn = user.passwordHash === null || (passwordGiven && mayChooseOwnPassword(account))
  const link =
    choosesOwn && accepts(user, 'password')
      ? await makeResetLink(ctx, region, { account, now, lifetimeMs: UNASKED_LINK_LIFETIME_MS })
      : null
  const mail = welcomeMail(mailLanguage(account, language), {
    account,
    setPasswordUrl: link?.url ?? null,
    passwordGiven,
    globalOrigin: ctx.globalOrigin,
  })
  const outbox = ctx.in(region).outbox
  // The charge is made here, so that the caller learns of a budget that is used up.
  const task = await outbox.prepare('mail', { ...mail, budget: null }, now)
  await ctx.in(region).resets.issue(link ? [link.row] : [], [task])
  ctx.workAfterReply([{ outbox, task }])
}

function tooMany(): Problem {
  return new Problem('rate-limited/too-many-requests', {
    modelErrors: { email: ['too-many-invitations'] },
    headers: { 'Retry-After': '3600' },
  })
}
