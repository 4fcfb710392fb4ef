import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import { mayUse } from '../login/policy.ts'
import { mailLanguage } from '../notifications/compose-mail.ts'
import type { HostScope } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import { derivedChallenges, newChallenge } from './challenge.ts'
import { checkCode, type GivenCode, type IssuedChallenge } from './check-code.ts'
import type { Consumption } from './consumption.ts'
import {
  type PartialSession,
  type SentPartialSession,
  sealedPartialSession,
} from './partial-session.ts'
import { hasSecondFactor, isSecurityKey, methodsOf, type SecondFactorRow } from './second-factor.ts'
import { relyingPartiesOf, type SignRequest, signRequest } from './security-key.ts'
import { sendCode } from './send-code.ts'

type SecondStep =
  | { outcome: 'none'; consumption: Consumption | null }
  | { outcome: 'two_factor_required' | 'one_time_password_mismatch' }

/** Checks the second factor of a user who has one, at a login and at a password reset. Consumes nothing. */
export async function takeSecondStep(
  ctx: Ctx,
  region: Region,
  account: Account,
  given: Omit<GivenCode, 'otp'> & { otp: string | null },
): Promise<SecondStep> {
  const { otp } = given
  if (!hasSecondFactor(account.user)) return { outcome: 'none', consumption: null }
  if (otp === null) return { outcome: 'two_factor_required' }
  const consumption = await checkCode(ctx, region, account, { ...given, otp })
  return consumption ? { outcome: 'none', consumption } : { outcome: 'one_time_password_mismatch' }
}

/**
 * Returns the problem that asks for the second factor, for a client that has proved the password: the user's methods,
 * and how to continue. A login that continues a partial session keeps it, so that repeating the request extends
 * neither its lifetime nor its attempts.
 */
export async function askForSecondFactor(
  ctx: Ctx,
  region: Region,
  input: {
    account: Account
    scope: HostScope
    /** The host name of the request. */
    hostname: string
    language: string
    /** The partial session that was sent instead of the password. */
    sent: SentPartialSession | null
    /** The sealed proof of another method; null after a password. */
    proof: string | null
  },
): Promise<Problem> {
  const { account, hostname, language } = input
  const { challenge, text } = input.sent ?? (await newPartialSession(ctx, region, input))
  return demandSecondFactor(ctx, region, {
    account,
    hostname,
    language,
    challenge: { issued: challenge },
    data: { partial_session_id: text },
  })
}

async function newPartialSession(
  ctx: Ctx,
  region: Region,
  input: { account: Account; scope: HostScope; proof: string | null },
): Promise<Pick<SentPartialSession, 'challenge' | 'text'>> {
  const { id: user, credentialVersion: version } = input.account.user
  const challenge = newChallenge()
  const content = {
    user,
    region: region.name,
    version,
    host: hostName(input.scope),
    challenge,
    ...(input.proof !== null && { proof: input.proof }),
  }
  return { challenge, text: await sealedPartialSession.seal(ctx, content) }
}

/** Returns the user's methods. Sends a text message if the user has no other method that shows a code. */
export async function demandSecondFactor(
  ctx: Ctx,
  region: Region,
  input: {
    account: Account
    /** The host name of the request. */
    hostname: string
    language: string
    challenge: IssuedChallenge
    data: Record<string, unknown>
  },
): Promise<Problem> {
  const { account, hostname, language, challenge, data } = input
  const ways = await waysOn(ctx, region, account, { challenge, hostname, language })
  return new Problem('not-authenticated/two-factor-authentication-error', {
    values: { methods: ways.two_factor_authentication_methods.join(', ') },
    data: { ...data, ...ways },
  })
}

/** How to continue a login, as replies carry it: the methods, and what security keys must sign. */
export interface WaysOn extends Partial<SignRequest> {
  two_factor_authentication_methods: string[]
}

/** @param by with a language if a code may be sent, to users who have no other method that shows one */
export async function waysOn(
  ctx: Ctx,
  region: Region,
  account: Account,
  by: { challenge: IssuedChallenge; hostname: string; language?: string },
): Promise<WaysOn> {
  const { factors, codesLeft } = await ctx.in(region).secondFactors.provable(account.user.id)
  const { language } = by
  if (language !== undefined) await textWhereNoOther(ctx, region, { account, factors, language })
  const toSign = await signRequestFor(ctx, account, { ...by, factors })
  const isLost = toSign?.security_key_origins.length === 0
  const methods = methodsOf(account.user).filter((method) => !(isLost && isSecurityKey({ method })))
  const codes = codesLeft > 0 ? ['recovery_code'] : []
  return { two_factor_authentication_methods: [...methods, ...codes], ...toSign }
}

interface BegunSecondStep {
  account: Account
  region: Region
  partial: SentPartialSession
}

/**
 * Finds the owner of a partial session that a client sent again, while it can still be used.
 * @throws {Problem} invalid-session
 */
export async function findSecondStep(ctx: Ctx, text: string): Promise<BegunSecondStep> {
  const partial = await readPartialSession(ctx, text)
  const region = ctx.regions.withName(partial.region)
  const account = region && (await ctx.in(region).users.withId(partial.user))
  if (!region || !account || !mayUse(account.user, 'second-factor') || !isOfUser(partial, account))
    throw over('its user is another now')
  if (await ctx.in(region).partialSessions.isVoid(partial)) throw over('used, or too many codes')
  return { account, region, partial }
}

function over(reason: string): Problem {
  return new Problem('not-authenticated/invalid-session', { reason })
}

/** What a security key must sign; null if the user has none. */
export async function signRequestFor(
  { clock, nameDigestKey: key, globalOrigin }: Ctx,
  account: Account,
  by: { factors: SecondFactorRow[]; challenge: IssuedChallenge; hostname: string },
): Promise<SignRequest | null> {
  const { factors, challenge, hostname } = by
  const [toSign] =
    'issued' in challenge
      ? [challenge.issued]
      : await derivedChallenges(key, { purpose: challenge.purpose, factors, now: clock() })
  const parties = relyingPartiesOf(account, globalOrigin)
  return signRequest(parties, factors, { challenge: toSign, hostname })
}

/** Sends a code with the first attempt, unless the user has an authenticator app. */
async function textWhereNoOther(
  ctx: Ctx,
  region: Region,
  input: { account: Account; factors: SecondFactorRow[]; language: string },
): Promise<void> {
  const { account, factors } = input
  const texted = factors.find(({ method }) => method === 'sms')
  if (!texted || factors.some(({ method }) => method === 'totp')) return
  const language = mailLanguage(account, input.language)
  try {
    await sendCode(ctx, region, { factor: texted, site: account.site, language })
  } catch (problem) {
    // The code that was sent before is still valid. If the daily limit is reached, another method may be left.
    if (!(problem instanceof Problem) || problem.status !== 422) throw problem
  }
}

/**
 * Reads the partial session that is sent instead of the password.
 * @throws {Problem} invalid-session, whatever is wrong with it; a used one is detected later
 */
export async function readPartialSession(ctx: Ctx, text: string): Promise<SentPartialSession> {
  const partial = await findPartialSession(ctx, text)
  if (!partial) throw over('no partial session of here')
  return partial
}

/** The same; null if it is invalid here. */
export async function findPartialSession(
  ctx: Ctx,
  text: string,
): Promise<SentPartialSession | null> {
  const partial = await sealedPartialSession.unseal(ctx, text)
  return partial?.host === hostName(ctx.scope) ? { ...partial, text } : null
}

/** Whether a partial session represents the current password of this user. */
export function standsForPassword(partial: PartialSession, account: Account): boolean {
  return partial.proof === undefined && isOfUser(partial, account)
}

export function isOfUser(partial: PartialSession, { user }: Account): boolean {
  return partial.user === user.id && partial.version === user.credentialVersion
}

function hostName(scope: HostScope): string {
  if (scope.kind === 'any') return 'any'
  return scope.kind === 'site' ? `site ${scope.subdomain}` : `domain ${scope.domain}`
}

/**
 * Texts a code to the phone of a partial session's user, once a minute at most.
 * @param language for users and sites without a language of their own
 * @throws {Problem} invalid-session; two-factor-authentication-code-already-sent; model-save-error
 */
export async function textCode(ctx: Ctx, partialSession: string, language: string): Promise<void> {
  const { account, region } = await findSecondStep(ctx, partialSession)
  const { factors } = await ctx.in(region).secondFactors.provable(account.user.id)
  const factor = factors.find(({ method }) => method === 'sms')
  if (!factor) throw over('no phone')
  const { site } = account
  await sendCode(ctx, region, { factor, site, language: mailLanguage(account, language) })
}
