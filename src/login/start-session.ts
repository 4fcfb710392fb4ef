import { Authority } from '../audit/authority.ts'
import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { checkConfirmation, hashNewPassword } from '../passwords/new-password.ts'
import { type LoggedIn, newSession } from '../sessions/new-session.ts'
import { newSessionString, sessionDigest } from '../sessions/session-string.ts'
import type { HostScope } from '../sites/site.ts'
import type { Statement } from '../storage/batch.ts'
import type { Region } from '../storage/region.ts'
import type { Claim } from '../two-factor/claim.ts'
import type { Account } from '../users/account.ts'
import type { Known } from './account-finder.ts'
import { afterChange, prepareChange } from './change-password.ts'
import type { Device } from './device.ts'
import { newDeviceNotice } from './log-in-notices.ts'
import type { NamedAttempt } from './login-ledger.ts'
import type { Judged, ProvedBy } from './may-prove.ts'
import type { PasswordChange } from './password-ledger.ts'

export interface LogInInput {
  username: string
  /** Null where a partial session stands for it. */
  password: string | null
  /** A code of the second factor. */
  otp: string | null
  /** As the first step gave it. */
  partialSession: string | null
  /** To take the place of the password, where it must be changed. */
  newPassword: { password: string; confirmation: string | undefined } | null
  scope: HostScope
  /** The browser, where a page is used. */
  device: Device | null
  /** The caller's, for users and sites that have none of their own. */
  language: string
  request: RequestFacts
}

interface Proved {
  attempt: NamedAttempt
  by: ProvedBy
  sessionId: number
  /** The use of what was proved by; null for a password alone. */
  claim: Claim | null
  judged: Judged
  input: Pick<LogInInput, 'password' | 'newPassword' | 'language' | 'request'>
  /** What an identity provider said, where that stands for the password. */
  sso?: {
    /** When a second factor was given, there or here; 0 for none. */
    secondFactorAt: number
    /** When the person proved who it is; 0 where nobody knows. */
    authenticatedAt: number
    /** Statements that hang on the session. */
    alongside: () => Statement[]
  }
}

/**
 * Starts a session for a user who has proved who they are, with a new password if one came along. Answers what is
 * wrong with that one; or what the primary knows, and no session where the user was another there.
 */
export async function startSession(
  ctx: Ctx,
  region: Region,
  { attempt, by, sessionId, claim, judged, input, sso }: Proved,
): Promise<Problem | { known: Known; loggedIn: LoggedIn | null }> {
  const { account } = judged
  const change = await changeFor(ctx, region, account, input)
  if (change instanceof Problem) return change
  const sessionString = newSessionString(region)
  const version = account.user.credentialVersion + (change ? 1 : 0)
  const row = newSession(account, attempt.at, {
    epoch: ctx.epoch,
    request: input.request,
    id: sessionId,
    secondFactorAt: sso?.secondFactorAt ?? (claim ? attempt.at : 0),
    authenticatedAt: sso?.authenticatedAt ?? attempt.at,
    digest: await sessionDigest(sessionString),
    credentialVersion: version,
  })
  const ledger = ctx.in(region).logins
  const notice = await newDeviceNotice(ctx, region, {
    attempt,
    account,
    known: judged,
    language: input.language,
  })
  const { started, known } = await ledger.start(attempt, judged, {
    by,
    row,
    change,
    claim,
    notice,
    alongside: sso?.alongside(),
  })
  if (!started || !known.account) return { known, loggedIn: null }
  if (change) afterChange(ctx, region, change)
  else if (input.password !== null) renewOutdatedHash(ctx, region, known.account, input.password)
  return { known, loggedIn: { live: { ...known.account, session: row }, region, sessionString } }
}

async function changeFor(
  ctx: Ctx,
  region: Region,
  account: Account,
  { newPassword, request, language }: Proved['input'],
): Promise<PasswordChange | Problem | null> {
  if (!newPassword) return null
  const { user, site } = account
  try {
    checkConfirmation({ ...newPassword, field: 'change_password_confirmation' })
    const passwordHash = await hashNewPassword(ctx, {
      password: newPassword.password,
      field: 'change_password',
      owner: { ...user, site },
      of: { region, user, mustDiffer: true },
    })
    return await prepareChange(ctx, {
      region,
      account,
      passwordHash,
      language,
      request,
      event: 'password_changed',
      actor: `user:${user.id}`,
      authority: Authority.provedByRequest,
    })
  } catch (error) {
    if (error instanceof Problem && error.status === 422) return error
    throw error
  }
}

function renewOutdatedHash(ctx: Ctx, region: Region, account: Account, password: string): void {
  if (account.user.passwordHash !== null && ctx.hasher.isOutdated(account.user.passwordHash))
    ctx.afterReply(
      ctx.hasher.hash(password).then((hash) => ctx.in(region).passwords.rehash(account, hash)),
    )
}
