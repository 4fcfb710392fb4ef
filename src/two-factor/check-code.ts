import type { SQL } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { derivedChallenges } from './challenge.ts'
import { both, type Consumption, type FactorUse } from './consumption.ts'
import type { PartialSessionKey } from './partial-session.ts'
import type { RecoveryCodeStore } from './recovery-code-store.ts'
import { readRecoveryCode, recoveryCodeDigest } from './recovery-codes.ts'
import { relyingPartiesOf } from './relying-party.ts'
import type { SecondFactorRow } from './second-factor.ts'
import type { SecondFactorStore } from './second-factor-store.ts'
import { verifyAssertion } from './security-key.ts'
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
  use: FactorUse
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
  const store = ctx.in(region).secondFactors
  const { factors } = await store.provable(account.user.id)
  const recoveryCodes = ctx.in(region).recoveryCodes
  const consumption = await consumptionOf(ctx, { store, recoveryCodes, factors, account }, given)
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
export function wrongCodeCosts(
  ctx: Ctx,
  region: Region,
  { userId, partial }: { userId: number; partial: PartialSessionKey | null },
) {
  return (condition: SQL) => [
    ctx.in(region).secondFactors.countWrongCode(userId, condition),
    ...(partial ? [ctx.in(region).partialSessions.countWrongCode(partial, condition)] : []),
  ]
}

async function consumptionOf(
  ctx: Ctx,
  {
    store,
    recoveryCodes,
    factors,
    account,
  }: {
    store: SecondFactorStore
    recoveryCodes: RecoveryCodeStore
    factors: SecondFactorRow[]
    account: Account
  },
  given: GivenCode,
): Promise<Consumption | null> {
  const { use } = given
  const otp = readTypedCode(given.otp)
  const { user } = account
  if (isSigned(given.otp)) return claimOfSecurityKey(ctx, { store, factors, account }, given)
  if (/^\d{6}$/.test(otp)) {
    const codes = { store, factors, code: otp, use }
    return (await claimOfApp(ctx, codes)) ?? (await claimOfSentCode(ctx, codes))
  }
  const yubikey = readYubikeyOtp(otp)
  if (yubikey) return claimOfYubikey(ctx, { store, factors, use }, yubikey)
  const letters = readRecoveryCode(otp)
  if (letters === null || factors.length === 0) return null
  const digest = await recoveryCodeDigest(ctx.nameDigestKey, user.id, letters)
  const isGood = await recoveryCodes.isGood(user.id, digest)
  return isGood ? recoveryCodes.consumption(user.id, digest, use) : null
}

interface Digits {
  store: SecondFactorStore
  factors: SecondFactorRow[]
  code: string
  use: FactorUse
}

async function claimOfApp(
  { storedSecrets }: Ctx,
  { store, factors, code, use }: Digits,
): Promise<Consumption | null> {
  for (const factor of factors) {
    if (factor.method !== 'totp' || factor.secret === null) continue
    const secret = await storedSecrets.unseal(factor.secret, secretOwner(factor))
    const step = await stepOfCode(secret, code, use.at)
    if (step !== null && step > factor.counter) return store.claimCounter(factor, step, use)
  }
  return null
}

async function claimOfSecurityKey(
  ctx: Ctx,
  by: { store: SecondFactorStore; factors: SecondFactorRow[]; account: Account },
  { otp, challenge, use }: GivenCode,
): Promise<Consumption | null> {
  const { store, factors, account } = by
  if (challenge === null) return null
  const { nameDigestKey: key, globalOrigin } = ctx
  const challenges =
    'issued' in challenge
      ? [challenge.issued]
      : await derivedChallenges(key, { purpose: challenge.purpose, factors, now: use.at })
  const expected = { user: account.user, factors, challenges, mustVerifyUser: false }
  const signed = await verifyAssertion(relyingPartiesOf(account, globalOrigin), expected, otp)
  return signed && store.claimSignature(signed.factor, signed.counter, use)
}

/** Asks the validation server only about the user's own Yubikeys. */
async function claimOfYubikey(
  { yubico }: Ctx,
  { store, factors, use }: Omit<Digits, 'code'>,
  { otp, publicId }: { otp: string; publicId: string },
): Promise<Consumption | null> {
  const factor = factors.find((one) => one.method === 'yubi' && one.publicId === publicId)
  if (!factor || !yubico) return null
  const counter = await yubico.counterOf(otp)
  return counter !== null && counter > factor.counter
    ? store.claimCounter(factor, counter, use)
    : null
}

async function claimOfSentCode(
  { nameDigestKey }: Ctx,
  { store, factors, code, use }: Digits,
): Promise<Consumption | null> {
  for (const factor of factors) {
    if (factor.method !== 'sms' || !isSentCodeLive(factor, use.at)) continue
    const digest = await sentCodeDigest(nameDigestKey, factor, code)
    if (digest === factor.codeDigest) return store.claimSentCode(factor, digest, use)
  }
  return null
}

/** The owner under which a method's secret is sealed. */
export function secretOwner({ id }: Pick<SecondFactorRow, 'id'>): string {
  return `second-factor:${id}`
}
