import { Authority } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import { checkConfirmation, hashNewPassword } from '../passwords/new-password.ts'
import { type LoggedIn, newSession } from '../sessions/session.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { loginInterface } from '../users/last-logins.ts'
import { afterChange, prepareChange } from './change-password.ts'
import { consumptionOf, type Ending, type Login } from './login.ts'
import { newDeviceNotice } from './login-notices.ts'
import type { PasswordChange } from './password-ledger.ts'

/**
 * Starts a session in one batch that decides, together with a new password if one was sent. Nothing else starts
 * sessions.
 */
export const startSession: Ending<LoggedIn> = async (ctx, login, allowed) => {
  const { client, method, identity, attempt, sessionString } = login
  const { account, proof, factor } = allowed
  const { region } = identity
  const { language, request } = client
  let change: PasswordChange | null
  try {
    change = await changeFor(ctx, login, account)
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 422) throw error
    // The client learns what is wrong with the new password, because the old one was right.
    return { refused: { ...allowed, outcome: 'password_change_required', problem: error } }
  }
  const row = newSession(account, attempt.at, {
    epoch: ctx.epoch,
    request,
    id: sessionString.id,
    // The user gave a second factor that was requested here just now, whenever the other proof was given.
    secondFactorAt: factor ? attempt.at : proof.secondFactorAt,
    authenticatedAt: factor ? attempt.at : proof.authenticatedAt,
    digest: sessionString.digest,
    credentialVersion: account.user.credentialVersion + (change ? 1 : 0),
    parent: proof.parent,
  })
  const judged = { ...identity.known, account }
  const notice = await newDeviceNotice(ctx, region, { attempt, account, known: judged, language })
  const { started, known } = await ctx.in(region).logins.start(attempt, judged, {
    method,
    through: loginInterface(request),
    row,
    change,
    consumption: consumptionOf(allowed),
    notice,
    alongside: await proof.alongside?.(),
  })
  if (!started || !known.account) return { known }
  if (change) afterChange(ctx, region, change)
  else if (proof.password !== null) renewOutdatedHash(ctx, region, known.account, proof.password)
  const live = { ...known.account, session: row }
  return { result: { live, region, sessionString: sessionString.text } }
}

/** The change of the password, if a new one was sent. @throws {Problem} what `hashNewPassword` throws */
async function changeFor(
  ctx: Ctx,
  { client: { request, language }, method: { newPassword }, identity: { region } }: Login,
  account: Account,
): Promise<PasswordChange | null> {
  if (!newPassword) return null
  const { user, site } = account
  checkConfirmation({ ...newPassword, field: 'change_password_confirmation' })
  const passwordHash = await hashNewPassword(ctx, {
    password: newPassword.password,
    field: 'change_password',
    owner: { ...user, site },
    replaces: { region, user, mustDiffer: true },
  })
  return prepareChange(ctx, {
    region,
    account,
    passwordHash,
    language,
    request,
    event: 'password_changed',
    actor: `user:${user.id}`,
    authority: Authority.provedByRequest,
  })
}

function renewOutdatedHash(ctx: Ctx, region: Region, account: Account, password: string): void {
  if (account.user.passwordHash !== null && ctx.hasher.isOutdated(account.user.passwordHash))
    ctx.afterReply(
      ctx.hasher.hash(password).then((hash) => ctx.in(region).passwords.rehash(account, hash)),
    )
}
