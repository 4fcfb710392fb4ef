import { Authority } from '../../audit/credential-event.ts'
import type { Ctx } from '../../context.ts'
import { Problem } from '../../http/problem.ts'
import type { RequestFacts } from '../../http/request-facts.ts'
import { changePassword } from '../../login/change-password.ts'
import { countWrongCode } from '../../login/methods/reauthentication.ts'
import { passwordIsDue } from '../../login/policy.ts'
import { inScope } from '../../sites/site.ts'
import { DAY } from '../../storage/clock.ts'
import { newId } from '../../storage/ids.ts'
import type { Region } from '../../storage/region.ts'
import type { Consumption } from '../../two-factor/consumption.ts'
import { hasSecondFactor } from '../../two-factor/second-factor.ts'
import { demandSecondFactor, takeSecondStep, waysOn } from '../../two-factor/second-step.ts'
import type { Account } from '../../users/account.ts'
import { checkConfirmation, hashNewPassword } from '../new-password.ts'
import { mailedToDigest, readResetCode, regionOfResetCode, resetCodeDigest } from './reset-code.ts'

interface ResetInput {
  code: string
  password: string
  confirmPassword: string | undefined
  /** A one-time code, for users with 2FA. */
  otp: string | null
  language: string
  request: RequestFacts
}

interface CheckedCode {
  region: Region
  account: Account
  keysThatStay: string[]
  /** The user's address in comparable form, if the code was sent there; else null. */
  mailedTo: string | null
}

/**
 * Returns the user of a valid code. Consumes nothing.
 * @throws {Problem} invalid-or-expired-code: unknown, used, expired, or of another site than the host's
 */
export async function checkResetCode(ctx: Ctx, typed: string): Promise<CheckedCode> {
  const code = readResetCode(typed)
  const region = regionOfResetCode(code, ctx.regions)
  if (!region) throw refused('no code of ours')
  const found = await ctx.in(region).resetCodes.find(await resetCodeDigest(code))
  if (!found) throw refused('no such code')
  if (found.expiresAt <= ctx.clock()) throw refused('expired')
  const known = await ctx.in(region).resets.userOf(found.userId, ctx.clock())
  if (!known) throw refused('its user may not reset a password')
  const { keysThatStay, ...account } = known
  if (account.user.credentialVersion !== found.credentialVersion)
    throw refused('used, or the credentials changed since')
  if (!inScope(ctx.scope, account.site)) throw refused('of another site')
  const { emailKey } = account.user
  const isMailedThere =
    emailKey !== null && found.mailedTo === (await mailedToDigest(ctx.nameDigestKey, emailKey))
  return { region, account, keysThatStay, mailedTo: isMailedThere ? emailKey : null }
}

/**
 * Sets a new password by a code, once. The address is verified from then on, if it is still the user's, because the
 * person has read an email that was sent there. Opening the link verifies nothing, because mail scanners do that too.
 * Problems with the password or a one-time code are reported before anything is consumed.
 * @throws {Problem} invalid-or-expired-code; model-save-error; two-factor-authentication-error,
 *   one-time-password-incorrect
 */
export async function resetPassword(ctx: Ctx, input: ResetInput): Promise<void> {
  const { region, account, keysThatStay, mailedTo } = await checkResetCode(ctx, input.code)
  const { password, confirmPassword: confirmation, language, request } = input
  checkConfirmation({ password, confirmation, field: 'confirm_password' })
  const { user, site } = account
  const consumption = await consumeSecondFactor(ctx, { region, account, input })
  const passwordHash = await hashNewPassword(ctx, {
    password,
    field: 'password',
    owner: { ...user, site },
    replaces: { region, user, mustDiffer: passwordIsDue(account, ctx.clock()) },
  })
  const done = await changePassword(ctx, {
    region,
    account,
    passwordHash,
    keysThatStay,
    consumption,
    verifies: mailedTo,
    event: 'password_reset',
    actor: 'code',
    authority: Authority.provedByRequest,
    language,
    request,
  })
  if (!done) throw refused('used at the same time')
}

/** Consumes nothing yet. Several wrong one-time codes void the reset code. */
async function consumeSecondFactor(
  ctx: Ctx,
  { region, account, input }: { region: Region; account: Account; input: ResetInput },
): Promise<Consumption | null> {
  const { otp, language, request } = input
  const { hostname } = request
  const now = ctx.clock()
  const digest = await resetCodeDigest(readResetCode(input.code))
  const partial = { jti: `reset:${digest}`, exp: Math.ceil((now + DAY) / 1_000) }
  if (hasSecondFactor(account.user) && (await ctx.in(region).partialSessions.isVoid(partial)))
    throw refused('too many wrong codes')
  const challenge = { purpose: `reset ${digest}` }
  const use = { consumer: newId(region.code), at: now }
  const step = await takeSecondStep(ctx, region, account, { otp, partial, challenge, use })
  if (step.outcome === 'none') return step.consumption
  if (otp === null)
    throw await demandSecondFactor(ctx, region, {
      account,
      language,
      challenge,
      hostname,
      data: {},
    })
  await countWrongCode(ctx, { region, account, request }, { code: otp, partial })
  // The signature was wrong or is consumed, so the next one needs a new challenge.
  const data = await waysOn(ctx, region, account, { challenge, hostname })
  throw new Problem('not-authenticated/one-time-password-incorrect', { data: { ...data } })
}

function refused(reason: string): Problem {
  return new Problem('not-authenticated/invalid-or-expired-code', { reason })
}
