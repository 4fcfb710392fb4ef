import type { SQL } from 'drizzle-orm'
import type { Requester } from '../access/actor.ts'
import { type Author, Authority, authorOf } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { notSaved, Problem } from '../http/problem.ts'
import { guessDigest } from '../login/failure-counter.ts'
import { mailLanguage } from '../notifications/compose-mail.ts'
import type { SessionRow } from '../sessions/session.ts'
import { isUniqueViolation } from '../storage/guarded-storage.ts'
import { newId } from '../storage/ids.ts'
import { rowOf } from '../storage/insert-from.ts'
import type { Region } from '../storage/region.ts'
import type { Account, User } from '../users/account.ts'
import { newChallenge } from './challenge.ts'
import { secretOwner } from './check-code.ts'
import { notifiedChangeBy, prepareNotifiedChange } from './prepare-notified-change.ts'
import {
  newRecoveryCode,
  RECOVERY_CODES,
  readRecoveryCode,
  recoveryCodeDigest,
} from './recovery-codes.ts'
import {
  allowedMethods,
  type FactorMethod,
  isSecurityKey,
  SETUP_LIFETIME_MS,
  type SecondFactorRow,
} from './second-factor.ts'
import { partyAt, relyingPartiesOf, verifyRegistration } from './security-key.ts'
import { checkTextable, sendCode } from './send-code.ts'
import { isSentCodeLive, sentCodeDigest } from './sent-code.ts'
import { secondFactors } from './tables.ts'
import { newTotpSecret, stepOfCode } from './totp.ts'
import { readTypedCode } from './typed-code.ts'
import { readYubikeyOtp } from './yubico.ts'

interface NewFactor {
  method: FactorMethod
  name: string
  phoneNumber: string | undefined
}

/**
 * Starts to set up a 2FA method. Sends a code if the method is a phone.
 * @throws {Problem} model-save-error; self-managed-required for a shared user; and what `authorize` throws
 */
export async function beginFactor(
  ctx: Ctx,
  { live, region, request, language, authorize }: Requester,
  { method, name, phoneNumber }: NewFactor,
): Promise<SecondFactorRow> {
  const { user, site } = live
  const authority = await authorize({ what: 'own-second-factors' })
  if (!user.selfManaged) throw new Problem('not-authorized/self-managed-required')
  if (!allowedMethods(live).includes(method))
    throw notSaved({ method_type: ['factor-not-allowed'] })
  if (method === 'yubi' && !ctx.yubico) throw notSaved({ method_type: ['yubikeys-are-off'] })
  const now = ctx.clock()
  const id = newId(region.code)
  const factor = rowOf(secondFactors, {
    id,
    siteId: site.id,
    userId: user.id,
    method,
    name,
    createdAt: now,
    ...(method === 'totp' && {
      secret: await ctx.storedSecrets.seal(newTotpSecret(), secretOwner({ id }), now),
    }),
    ...(isSecurityKey({ method }) && {
      challenge: newChallenge(),
      rpId: rpIdAt(ctx, live, request),
    }),
    ...(method === 'sms' && { phoneNumber: await checkTextable(ctx, phoneNumber) }),
  })
  const store = ctx.in(region).secondFactors
  if (!(await store.insert(factor, authority))) throw notSaved({ base: ['factors-too-many'] })
  if (method !== 'sms') return factor
  await sendCode(ctx, region, {
    factor,
    site,
    language: mailLanguage(live, language),
  }).catch(async (problem) => {
    // Without its code, the method could not be completed.
    await store.discard(factor)
    throw problem
  })
  return (await store.find(id, user.id)) ?? factor
}

/**
 * A key is registered for the host of the page, if that belongs to the site; otherwise for the site's current host.
 */
function rpIdAt({ globalOrigin }: Ctx, live: Account, { hostname }: Requester['request']): string {
  const parties = relyingPartiesOf(live, globalOrigin)
  return (partyAt(parties, hostname) ?? parties[0]).rpId
}

/**
 * Completes a method with its first code, within 10 minutes of starting. A user's first method comes with recovery
 * codes, which are shown once. The session counts as authenticated with a second factor.
 * @throws {Problem} one-time-password-incorrect; two-factor-authentication-setup-expired; two-factor-method-not-found
 *   if it was completed or removed meanwhile
 */
export async function completeFactor(
  ctx: Ctx,
  actor: Requester,
  { factor, otp, session }: { factor: SecondFactorRow; otp: string; session: SessionRow },
): Promise<{ recoveryCodes: string[] | null }> {
  const { live, region } = actor
  const now = ctx.clock()
  if (hasSetupExpired(factor, now))
    throw new Problem('not-authenticated/two-factor-authentication-setup-expired')
  const left = await changesOfFirstUse(ctx, { live, factor, otp, now })
  const store = ctx.in(region).secondFactors
  if (!left) {
    const counter = `set-up ${factor.id}`
    const guess = await guessDigest(ctx.nameDigestKey, { nameKey: counter, secret: otp })
    await store.countWrong(factor, { counter, guess, at: now })
    throw new Problem('not-authenticated/one-time-password-incorrect')
  }
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  const change = await notifiedChangeBy(ctx, actor, {
    event: 'second_factor_added',
    kind: 'secondFactorAdded',
    named: factor.name,
    authority: Authority.provedByRequest,
  })
  const completed = { id: factor.id, userId: factor.userId, ...left }
  const given = {
    at: now,
    sentCode: factor.codeDigest,
    codes: await digestsOf(ctx, live, codes),
    change,
    alongside: (condition: SQL) =>
      ctx.in(region).sessions.giveSecondFactor(session, now, condition),
  }
  const done = await store.complete(completed, given).catch((error) => {
    // The key is already registered, by this user or another.
    if (isUniqueViolation(error)) throw notSaved({ otp: ['key-registered-before'] })
    throw error
  })
  if (!done) {
    const { completedAt } = await findFactor(ctx, actor, factor.id)
    // The code was replaced, or used up its attempts, after it was checked.
    if (completedAt === null) throw new Problem('not-authenticated/one-time-password-incorrect')
    throw new Problem('not-found/two-factor-method-not-found')
  }
  if (change.notice) ctx.workAfterReply([change.notice])
  return { recoveryCodes: live.user.typeOf2fa === '' ? codes : null }
}

export function hasSetupExpired({ completedAt, createdAt }: SecondFactorRow, now: number): boolean {
  return completedAt === null && createdAt + SETUP_LIFETIME_MS <= now
}

/** What a method stores after its first use; null for a wrong code. */
async function changesOfFirstUse(
  { storedSecrets, nameDigestKey, yubico, globalOrigin }: Ctx,
  { live, factor, otp, now }: { live: Account; factor: SecondFactorRow; otp: string; now: number },
): Promise<Partial<SecondFactorRow> | null> {
  const code = readTypedCode(otp)
  if (factor.method === 'totp' && factor.secret !== null) {
    const secret = await storedSecrets.unseal(factor.secret, secretOwner(factor))
    const step = await stepOfCode(secret, code, now)
    return step === null ? null : { counter: step }
  }
  if (factor.method === 'sms' && isSentCodeLive(factor, now)) {
    const isRight = factor.codeDigest === (await sentCodeDigest(nameDigestKey, factor, code))
    return isRight ? { codeDigest: null } : null
  }
  if (isSecurityKey(factor))
    return verifyRegistration(relyingPartiesOf(live, globalOrigin), factor, otp)
  if (factor.method === 'yubi') {
    const typed = readYubikeyOtp(otp)
    const counter = typed && yubico && (await yubico.counterOf(typed.otp))
    return typed && counter !== null ? { counter, publicId: typed.publicId } : null
  }
  return null
}

/** Removes a method. @throws {Problem} two-factor-method-not-found if it was removed before */
export async function removeFactor(
  ctx: Ctx,
  actor: Requester,
  factor: SecondFactorRow,
): Promise<void> {
  const store = ctx.in(actor.region).secondFactors
  const authority = await actor.authorize({ what: 'own-second-factors' })
  if (factor.completedAt === null) return store.discard(factor)
  const change = await notifiedChangeBy(ctx, actor, {
    event: 'second_factor_removed',
    kind: 'secondFactorRemoved',
    named: factor.name,
    authority,
  })
  const forgotten = ctx.in(actor.region).sessions.forgetSecondFactor(actor.live.user.id)
  if (!(await store.remove(factor, change, forgotten)))
    throw new Problem('not-found/two-factor-method-not-found')
  if (change.notice) ctx.workAfterReply([change.notice])
}

/** Replaces a user's recovery codes and returns the new ones, which are shown once. */
export async function renewRecoveryCodes(ctx: Ctx, actor: Requester): Promise<string[]> {
  const { live, region } = actor
  const authority = await actor.authorize({ what: 'own-second-factors' })
  if (live.user.typeOf2fa === '') throw new Problem('not-found/two-factor-method-not-found')
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  const change = await notifiedChangeBy(ctx, actor, {
    event: 'recovery_codes_renewed',
    kind: 'recoveryCodesRenewed',
    named: '',
    authority,
  })
  const digests = await digestsOf(ctx, live, codes)
  const given = { userId: live.user.id, at: ctx.clock(), codes: digests }
  if (!(await ctx.in(region).recoveryCodes.renew(given, change)))
    await ctx.in(region).forms.refuseRepeat()
  if (change.notice) ctx.workAfterReply([change.notice])
  return codes
}

/**
 * Removes all 2FA methods of a user who has lost them. For admins of the site.
 * @throws {Problem} insufficient-permission-for-params for oneself; and what `authorize` throws
 */
export async function resetFactorsOf(ctx: Ctx, actor: Requester, user: User): Promise<void> {
  const { live, region, request, language } = actor
  // Admins remove their own methods one by one, with a code, so that a stolen session cannot.
  if (user.id === live.user.id)
    throw new Problem('not-authorized/insufficient-permission-for-params', {
      values: { name: 'id' },
    })
  const authority = await actor.authorize({ what: 'second-factors-reset', user })
  const author = authorOf(`user:${live.user.id}`, authority, request)
  await resetFactors(ctx, { account: { user, site: live.site }, region, language, author })
}

/** Removes all 2FA methods of a user who has lost them. */
export async function resetFactors(
  ctx: Ctx,
  input: { account: Account; region: Region; language: string; author: Author },
): Promise<void> {
  const { account, region, author } = input
  const change = await prepareNotifiedChange(ctx, input, {
    event: 'second_factors_reset',
    kind: 'secondFactorsReset',
    named: '',
    author,
  })
  const { id } = account.user
  const forgotten = ctx.in(region).sessions.forgetSecondFactor(id)
  await ctx.in(region).secondFactors.removeAll(id, change, forgotten)
  if (change.notice) ctx.workAfterReply([change.notice])
}

/** @throws {Problem} two-factor-method-not-found, also for other users' methods */
export async function findFactor(
  ctx: Ctx,
  { live, region }: Pick<Requester, 'live' | 'region'>,
  id: number,
): Promise<SecondFactorRow> {
  const factor = await ctx.in(region).secondFactors.find(id, live.user.id)
  if (!factor) throw new Problem('not-found/two-factor-method-not-found')
  return factor
}

function digestsOf({ nameDigestKey }: Ctx, { user }: Account, codes: string[]): Promise<string[]> {
  return Promise.all(
    codes.map((code) => {
      const letters = readRecoveryCode(code)
      if (letters === null) throw new TypeError('a recovery code that nobody could use')
      return recoveryCodeDigest(nameDigestKey, user.id, letters)
    }),
  )
}
