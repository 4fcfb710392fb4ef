import type { SQL } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { derivedChallenges } from './challenge.ts'
import { both, type Consumption, type ProofUse } from './consumption.ts'
import type { PartialSessionKey } from './partial-session.ts'
import { readRecoveryCode, recoveryCodeDigest } from './recovery-codes.ts'
import type { SecondFactorRow } from './second-factor.ts'
import { relyingPartiesOf, verifyAssertion } from './security-key.ts'
import { isSentCodeLive, sentCodeDigest } from './sent-code.ts'
import { stepOfCode } from './totp.ts'
import { readTypedCode } from './typed-code.ts'
import { readYubikeyOtp } from './yubico.ts'
/** Where a security key's challenge comes from: a partial session, or the purpose of the answer. */
export type IssuedChallenge = { issued: string } | { purpose: string }

export interface GivenCode {
  otp: string
  /** The partial session that is consumed with the code; null if there is none. */
  partial: PartialSessionKey | null
  /** The challenges that security keys may have signed. Null if none was issued; then no signature is accepted. */
  challenge: IssuedChallenge | null
  use: ProofUse
}

/**
 * Finds the user's 2FA method or recovery code that a code belongs to. The returned consumption consumes it in the
 * batch that decides. Null if the code is wrong.
 */
export async function checkCode(
  ctx: Ctx,
  region: Region,
  account: Account,
  given: GivenCode,
): Promise<Consumption | null> {
  const { partial, use } = given
  const code = readTypedCode(given.otp)
  const { factors } = await ctx.in(region).secondFactors.provable(account.user.id)
  const consumption = await consumptionOf(ctx, { ...given, region, account, factors, code })
  if (!consumption || !partial) return consumption
  return both(ctx.in(region).partialSessions.consumption(partial, use), consumption)
}

/** Whether a text has the format of a one-time code. */
export function looksLikeCode(text: string): boolean {
  return (
    /^\d{6}$/.test(readTypedCode(text)) ||
    readYubikeyOtp(text) !== null ||
    readRecoveryCode(text) !== null ||
    isSigned(text)
  )
}

/** Whether a text is a security key's signature, which cannot be guessed. */
export function isSigned(otp: string): boolean {
  return otp.trim().startsWith('{')
}

/** The statements that count a wrong code: against the codes that were sent, and against the partial session. */
export function countingWrongCode(
  ctx: Ctx,
  region: Region,
  { userId, partial }: { userId: number; partial: PartialSessionKey | null },
) {
  return (condition: SQL) => [
    ctx.in(region).secondFactors.countWrongCode(userId, condition),
    ...(partial ? [ctx.in(region).partialSessions.countWrongCode(partial, condition)] : []),
  ]
}

/** A code that was given, in its comparable form, and the methods that it may belong to. */
interface Given extends GivenCode {
  region: Region
  account: Account
  factors: SecondFactorRow[]
  code: string
}

async function consumptionOf(ctx: Ctx, given: Given): Promise<Consumption | null> {
  const { region, account, factors, code, use } = given
  if (isSigned(given.otp)) return consumptionOfSecurityKey(ctx, given)
  if (/^\d{6}$/.test(code))
    return (await consumptionOfApp(ctx, given)) ?? (await consumptionOfSentCode(ctx, given))
  if (readYubikeyOtp(code)) return consumptionOfYubikey(ctx, given)
  const letters = readRecoveryCode(code)
  if (letters === null || factors.length === 0) return null
  const { id } = account.user
  const digest = await recoveryCodeDigest(ctx.nameDigestKey, id, letters)
  const store = ctx.in(region).recoveryCodes
  return (await store.isUnused(id, digest)) ? store.consumption(id, digest, use) : null
}

async function consumptionOfApp(ctx: Ctx, given: Given): Promise<Consumption | null> {
  const { region, factors, code, use } = given
  for (const factor of factors) {
    if (factor.method !== 'totp' || factor.secret === null) continue
    const secret = await ctx.storedSecrets.unseal(factor.secret, secretOwner(factor))
    const step = await stepOfCode(secret, code, use.at)
    if (step !== null && step > factor.counter)
      return ctx.in(region).secondFactors.consumeCounter(factor, step, use)
  }
  return null
}

async function consumptionOfSecurityKey(ctx: Ctx, given: Given): Promise<Consumption | null> {
  const { region, account, factors, challenge, use } = given
  if (challenge === null) return null
  const challenges =
    'issued' in challenge
      ? [challenge.issued]
      : await derivedChallenges(ctx.nameDigestKey, { ...challenge, factors, now: use.at })
  const expected = { user: account.user, factors, challenges, mustVerifyUser: false }
  const parties = relyingPartiesOf(account, ctx.globalOrigin)
  const signed = await verifyAssertion(parties, expected, given.otp)
  return signed && ctx.in(region).secondFactors.consumeSignature(signed.factor, signed.counter, use)
}

/** Asks the validation server only about the user's own Yubikeys. */
async function consumptionOfYubikey(ctx: Ctx, given: Given): Promise<Consumption | null> {
  const { region, factors, code, use } = given
  const typed = readYubikeyOtp(code)
  const factor = factors.find((one) => one.method === 'yubi' && one.publicId === typed?.publicId)
  if (!typed || !factor || !ctx.yubico) return null
  const counter = await ctx.yubico.counterOf(typed.otp)
  const isNew = counter !== null && counter > factor.counter
  return isNew ? ctx.in(region).secondFactors.consumeCounter(factor, counter, use) : null
}

async function consumptionOfSentCode(ctx: Ctx, given: Given): Promise<Consumption | null> {
  const { region, factors, code, use } = given
  for (const factor of factors) {
    if (factor.method !== 'sms' || !isSentCodeLive(factor, use.at)) continue
    const digest = await sentCodeDigest(ctx.nameDigestKey, factor, code)
    if (digest === factor.codeDigest)
      return ctx.in(region).secondFactors.consumeSentCode(factor, digest, use)
  }
  return null
}

/** The owner under which a method's secret is sealed. */
export function secretOwner({ id }: Pick<SecondFactorRow, 'id'>): string {
  return `second-factor:${id}`
}
