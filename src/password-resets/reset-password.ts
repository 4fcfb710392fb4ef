import { countersOf } from '../login/failure-counter.ts'
import { passwordChangedMail } from '../mail/password-changed-mail.ts'
import type { Outbox, Task } from '../outbox/outbox.ts'
import type { Waiting } from '../outbox/work-outbox.ts'
import { hashNewPassword } from '../passwords/new-password.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { supportedLanguage } from '../platform/languages.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region, Regions } from '../regions/region.ts'
import { type HostScope, inScope, siteOrigin } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { regionOfResetCode, resetCodeDigest } from './reset-code.ts'
import type { ResetCodeStore } from './reset-code-store.ts'
import type { ResetLedger } from './reset-ledger.ts'

export interface ResetNeeds {
  clock: Clock
  scope: HostScope
  globalOrigin: URL
  hasher: PasswordHasher
  nameDigestKey: CryptoKey
  regions: Regions
  outboxIn: (region: Region) => Outbox
  resetsIn: (region: Region) => ResetLedger
  resetCodesIn: (region: Region) => ResetCodeStore
  workAfterReply: (waiting: Waiting[]) => void
}

export interface ResetInput {
  code: string
  password: string
  confirmPassword: string | undefined
  language: string
  request: RequestFacts
}

/**
 * Whose code it is, if it is good now. Consumes nothing.
 * @throws {Problem} invalid-or-expired-code: unknown, used, expired, or of another site than the host's
 */
export async function checkResetCode(
  needs: ResetNeeds,
  code: string,
): Promise<{ region: Region; account: Account }> {
  const region = regionOfResetCode(code, needs.regions)
  if (!region) throw refused('no code of ours')
  const found = await needs.resetCodesIn(region).find(await resetCodeDigest(code))
  if (!found) throw refused('no such code')
  if (found.expiresAt <= needs.clock()) throw refused('expired')
  const account = await needs.resetsIn(region).userOf(found.userId)
  if (!account) throw refused('its user may not reset a password')
  if (account.user.credentialVersion !== found.credentialVersion)
    throw refused('used, or the credentials changed since')
  if (!inScope(needs.scope, account.site)) throw refused('of another site')
  return { region, account }
}

/**
 * Sets a new password by a code, once. What is wrong with the password is told before anything is
 * consumed.
 * @throws {Problem} invalid-or-expired-code; model-save-error
 */
export async function resetPassword(needs: ResetNeeds, input: ResetInput): Promise<void> {
  const { region, account } = await checkResetCode(needs, input.code)
  if (input.confirmPassword !== undefined && input.confirmPassword !== input.password)
    throw new Problem('processing-failure/model-save-error', {
      modelErrors: { confirm_password: ['password-not-confirmed'] },
    })
  const now = needs.clock()
  const passwordHash = await hashNewPassword(needs.hasher, input.password)
  const notice = await noticeFor(needs, region, { account, language: input.language, now })
  const { user, site } = account
  const { request } = input
  const ledger = needs.resetsIn(region)
  const done = await ledger
    .reset(
      account,
      { passwordHash, passwordSetAt: now },
      {
        notice,
        priorPasswordId: newId(region.code),
        counters: await countersOf(needs.nameDigestKey, user),
        event: {
          id: newId(region.code),
          siteId: site.id,
          userId: user.id,
          event: 'password_reset',
          actor: 'code',
          address: request.address,
          userAgent: request.userAgent,
          requestId: request.id,
          at: now,
        },
      },
    )
    .catch((error) => evenSo(error, () => ledger.wasReset(user.id, passwordHash)))
  if (!done) throw refused('used at the same time')
  if (notice) needs.workAfterReply([{ outbox: needs.outboxIn(region), task: notice }])
}

/** A lost connection tells nothing: a hash has a salt of its own, so finding ours means it was done. */
async function evenSo(error: unknown, wasDone: () => Promise<boolean>): Promise<boolean> {
  if (await wasDone().catch(() => false)) return true
  throw error
}

async function noticeFor(
  needs: ResetNeeds,
  region: Region,
  told: { account: Account; language: string; now: number },
): Promise<Task | null> {
  const { user, site } = told.account
  if (user.email === null) return null
  const language =
    supportedLanguage(user.language) ??
    supportedLanguage(site.language) ??
    supportedLanguage(told.language) ??
    'en'
  const mail = passwordChangedMail(language, {
    to: user.email,
    username: user.username,
    siteName: site.name,
    at: told.now,
    forgotUrl: `${siteOrigin(site, needs.globalOrigin)}/forgot`,
  })
  return needs.outboxIn(region).prepare('mail', mail, told.now)
}

function refused(reason: string): Problem {
  return new Problem('not-authenticated/invalid-or-expired-code', { reason })
}
