import type { SQL } from 'drizzle-orm'
import type { StoredSecrets } from '../crypto/stored-secrets.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { derivedChallenges } from './challenge.ts'
import { both, type Claim, type FactorUse } from './claim.ts'
import type { PartialSessionKey, PartialSessionStore } from './partial-session.ts'
import type { RecoveryCodeStore } from './recovery-code-store.ts'
import { readRecoveryCode, recoveryCodeDigest } from './recovery-codes.ts'
import { relyingPartiesOf } from './relying-party.ts'
import type { SecondFactorRow } from './second-factor.ts'
import type { SecondFactorStore } from './second-factor-store.ts'
import { verifyAssertion } from './security-key.ts'
import { isSentCodeLive, sentCodeDigest } from './sent-code.ts'
import { stepOfCode } from './totp.ts'
import { readTypedCode } from './typed-code.ts'
import { readYubikeyOtp, type YubicoValidator } from './yubico.ts'

export interface CheckCodeNeeds {
  globalOrigin: URL
  nameDigestKey: CryptoKey
  storedSecrets: StoredSecrets
  /** Null where no Yubikeys are taken. */
  yubico: YubicoValidator | null
  secondFactorsIn: (region: Region) => SecondFactorStore
  recoveryCodesIn: (region: Region) => RecoveryCodeStore
  partialSessionsIn: (region: Region) => PartialSessionStore
}

/** Where the challenge of a security key is from: a partial session, or what its answer is for. */
export type IssuedChallenge = { issued: string } | { purpose: string }

export interface GivenCode {
  otp: string
  /** Where one was sent along: used up with the code. */
  partial: PartialSessionKey | null
  /**
   * What security keys may have signed: of the partial session, or derived for this purpose. Null where none
   * was issued: then no key answers.
   */
  challenge: IssuedChallenge | null
  use: FactorUse
}

/**
 * Finds which second factor of a user a code is of: an app's, a sent one, a recovery code. It is used up
 * by the claim that comes back, not before; null where it is of none.
 */
export async function checkCode(
  needs: CheckCodeNeeds,
  region: Region,
  account: Account,
  given: GivenCode,
): Promise<Claim | null> {
  const { partial, use } = given
  const store = needs.secondFactorsIn(region)
  const { factors } = await store.provable(account.user.id)
  const recoveryCodes = needs.recoveryCodesIn(region)
  const claim = await claimOf(needs, { store, recoveryCodes, factors, account }, given)
  if (!claim || !partial) return claim
  return both(needs.partialSessionsIn(region).claim(partial, use), claim)
}

/** Whether a text has the form of a code of some factor. */
export function looksLikeCode(text: string): boolean {
  return (
    /^\d{6}$/.test(readTypedCode(text)) ||
    readYubikeyOtp(text) !== null ||
    readRecoveryCode(text) !== null ||
    isSigned(text)
  )
}

/** Whether a text is what a security key signed, and no code: nobody guesses that. */
export function isSigned(otp: string): boolean {
  return otp.trim().startsWith('{')
}

/** The statements that a wrong code costs: a try of codes that were sent, and of what it came with. */
export function wrongCodeCosts(
  { secondFactorsIn, partialSessionsIn }: CheckCodeNeeds,
  region: Region,
  { userId, partial }: { userId: number; partial: PartialSessionKey | null },
) {
  return (condition: SQL) => [
    secondFactorsIn(region).countWrongCode(userId, condition),
    ...(partial ? [partialSessionsIn(region).countWrongCode(partial)] : []),
  ]
}

async function claimOf(
  needs: CheckCodeNeeds,
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
): Promise<Claim | null> {
  const { use } = given
  const otp = readTypedCode(given.otp)
  const { user } = account
  if (isSigned(given.otp)) return claimOfSecurityKey(needs, { store, factors, account }, given)
  if (/^\d{6}$/.test(otp)) {
    const codes = { store, factors, code: otp, use }
    return (await claimOfApp(needs, codes)) ?? (await claimOfSentCode(needs, codes))
  }
  const yubikey = readYubikeyOtp(otp)
  if (yubikey) return claimOfYubikey(needs, { store, factors, use }, yubikey)
  const letters = readRecoveryCode(otp)
  if (letters === null || factors.length === 0) return null
  const digest = await recoveryCodeDigest(needs.nameDigestKey, user.id, letters)
  const isGood = await recoveryCodes.isGood(user.id, digest)
  return isGood ? recoveryCodes.claim(user.id, digest, use) : null
}

interface Digits {
  store: SecondFactorStore
  factors: SecondFactorRow[]
  code: string
  use: FactorUse
}

async function claimOfApp(
  { storedSecrets }: CheckCodeNeeds,
  { store, factors, code, use }: Digits,
): Promise<Claim | null> {
  for (const factor of factors) {
    if (factor.method !== 'totp' || factor.secret === null) continue
    const secret = await storedSecrets.unseal(factor.secret, secretOwner(factor))
    const step = await stepOfCode(secret, code, use.at)
    if (step !== null && step > factor.counter) return store.claimCounter(factor, step, use)
  }
  return null
}

async function claimOfSecurityKey(
  needs: CheckCodeNeeds,
  by: { store: SecondFactorStore; factors: SecondFactorRow[]; account: Account },
  { otp, challenge, use }: GivenCode,
): Promise<Claim | null> {
  const { store, factors, account } = by
  if (challenge === null) return null
  const { nameDigestKey: key, globalOrigin } = needs
  const challenges =
    'issued' in challenge
      ? [challenge.issued]
      : await derivedChallenges(key, { purpose: challenge.purpose, factors, now: use.at })
  const asked = { user: account.user, factors, challenges, mustVerifyUser: false }
  const signed = await verifyAssertion(relyingPartiesOf(account, globalOrigin), asked, otp)
  return signed && store.claimSignature(signed.factor, signed.counter, use)
}

/** Only a key of this very user is asked about. */
async function claimOfYubikey(
  { yubico }: CheckCodeNeeds,
  { store, factors, use }: Omit<Digits, 'code'>,
  { otp, publicId }: { otp: string; publicId: string },
): Promise<Claim | null> {
  const factor = factors.find((one) => one.method === 'yubi' && one.publicId === publicId)
  if (!factor || !yubico) return null
  const counter = await yubico.counterOf(otp)
  return counter !== null && counter > factor.counter
    ? store.claimCounter(factor, counter, use)
    : null
}

async function claimOfSentCode(
  { nameDigestKey }: CheckCodeNeeds,
  { store, factors, code, use }: Digits,
): Promise<Claim | null> {
  for (const factor of factors) {
    if (factor.method !== 'sms' || !isSentCodeLive(factor, use.at)) continue
    const digest = await sentCodeDigest(nameDigestKey, factor, code)
    if (digest === factor.codeDigest) return store.claimSentCode(factor, digest, use)
  }
  return null
}

/** What the sealed secret of a factor belongs to. */
export function secretOwner({ id }: Pick<SecondFactorRow, 'id'>): string {
  return `second-factor:${id}`
}
