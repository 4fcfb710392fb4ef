import type { Authority, CredentialEvent } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { mailLanguage } from '../notifications/compose-mail.ts'
import { passwordChangedMail } from '../notifications/notice-mails.ts'
import type { Task } from '../notifications/outbox.ts'
import type { ResetCodeRow } from '../passwords/reset/reset-code-store.ts'
import {
  makeResetLink,
  mayChooseOwnPassword,
  UNASKED_LINK_LIFETIME_MS,
} from '../passwords/reset/reset-link.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import type { Consumption } from '../two-factor/consumption.ts'
import type { Account } from '../users/account.ts'
import { countersOf } from './failure-counter.ts'
import type { PasswordChange } from './password-ledger.ts'

interface ChangePasswordInput {
  region: Region
  account: Account
  /** The hash of the new password: see hashNewPassword. */
  passwordHash: string
  event: CredentialEvent['event']
  actor: string
  authority: Authority
  /** The caller's language, for users and sites without one of their own. */
  language: string
  request: RequestFacts
  mustBeChanged?: boolean
  /** Whether an admin chose it. Then the owner gets a link to choose their own. */
  isGiven?: boolean
  kept?: PasswordChange['kept']
  /** The consumption of a second factor, in the same batch. */
  consumption?: Consumption | null
  /** See PasswordChange. */
  verifies?: string | null
  /** The names of the API keys that remain, for the email to the owner. */
  keysThatStay?: string[]
}

/** Changes a password and notifies its owner by email. False if the user changed at the same time. */
export async function changePassword(ctx: Ctx, input: ChangePasswordInput): Promise<boolean> {
  const change = await prepareChange(ctx, input)
  const ledger = ctx.in(input.region).passwords
  const done = await ledger.change(change, input.consumption ?? null).catch(async (error) => {
    // After a lost connection, it is unknown whether the change was made.
    if (await ledger.isDone(change).catch(() => false)) return true
    throw error
  })
  if (done) afterChange(ctx, input.region, change)
  return done
}

/** Prepares everything that goes with a new password for one batch. */
export async function prepareChange(ctx: Ctx, input: ChangePasswordInput): Promise<PasswordChange> {
  const { region, account, passwordHash, event, actor, authority, request } = input
  const { user, site } = account
  const at = ctx.clock()
  const verifies = input.verifies ?? null
  const isNewlyVerified = verifies !== null && user.verifiedEmailKey !== verifies
  return {
    user,
    passwordHash,
    at,
    verifies,
    mustBeChanged: input.mustBeChanged ?? false,
    kept: input.kept ?? null,
    counters: await countersOf(ctx.nameDigestKey, {
      ...user,
      verifiedEmailKey: verifies ?? user.verifiedEmailKey,
    }),
    priorPasswordId: newId(region.code),
    event: {
      id: newId(region.code),
      siteId: site.id,
      userId: user.id,
      event,
      actor,
      authority,
      address: request.address,
      userAgent: request.userAgent,
      requestId: request.id,
      at,
      changes: isNewlyVerified ? { email_verified: [false, true] } : {},
    },
    ...(await noticeFor(ctx, input, at)),
  }
}

/** Sends the emails that a change left in the outbox. */
export function afterChange(ctx: Ctx, region: Region, { notice }: PasswordChange): void {
  if (notice) ctx.workAfterReply([{ outbox: ctx.in(region).outbox, task: notice }])
}

async function noticeFor(
  ctx: Ctx,
  { region, account, keysThatStay = [], language, isGiven = false }: ChangePasswordInput,
  at: number,
): Promise<{ notice: Task | null; noticeCode: ResetCodeRow | null }> {
  if (account.user.email === null) return { notice: null, noticeCode: null }
  const link =
    isGiven && mayChooseOwnPassword(account)
      ? await makeResetLink(ctx, region, {
          account: withNextVersion(account),
          now: at,
          lifetimeMs: UNASKED_LINK_LIFETIME_MS,
        })
      : null
  const mail = passwordChangedMail(mailLanguage(account, language), {
    account,
    at,
    keys: keysThatStay,
    choosesOwnAt: link?.url ?? null,
    globalOrigin: ctx.globalOrigin,
  })
  const notice = await ctx.in(region).outbox.prepare('mail', mail, at)
  return { notice, noticeCode: link?.row ?? null }
}

/** The user after the change, whose version voids older codes. */
function withNextVersion({ user, site }: Account): Account {
  return { user: { ...user, credentialVersion: user.credentialVersion + 1 }, site }
}
