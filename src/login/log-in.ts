import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import { Problem } from '../http/problem.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import type { LoggedIn } from '../sessions/new-session.ts'
import type { HostScope } from '../sites/site.ts'
import type { SiteHome } from '../sites/site-hosts.ts'
import type { Region } from '../storage/region.ts'
import { isSigned, wrongCodeCosts } from '../two-factor/check-code.ts'
import type { FactorUse } from '../two-factor/claim.ts'
import type { PartialSession, SentPartialSession } from '../two-factor/partial-session.ts'
import {
  askForSecondFactor,
  findPartialSession,
  standsForPassword,
  takeSecondStep,
} from '../two-factor/second-step.ts'
import type { Account } from '../users/account.ts'
import { nameKeys } from '../users/username.ts'
import type { Known } from './account-finder.ts'
import { decide, type Verdict, type Way } from './decide.ts'
import { type Notice, wrongCodesNotice } from './log-in-notices.ts'
import type { NamedAttempt } from './login-ledger.ts'
import { nameAttempt } from './named-attempt.ts'
import { outcomeOf, whyDenied } from './policy.ts'
import { lockedOut, refusalOf } from './refusals.ts'
import { type LogInInput, startSession } from './start-session.ts'

/** The verdicts that only who gave the right password is told; a second factor comes before them. */
const PASSWORD_IS_RIGHT: LoginOutcome[] = [
  'none',
  'password_change_required',
  'password_change_not_required',
]

/**
 * Logs a user in by password, and by a second factor where the user has one: reads nearby, verifies,
 * decides at the primary.
 * @throws {Problem} invalid-username-or-password, the same for every cause; locked-out, whether or not
 *   anybody has the name; password-change-required and what else only the owner of the password learns;
 *   two-factor-authentication-error and one-time-password-incorrect among it; invalid-session for a
 *   partial session that is not good; no-account-for-site
 */
export async function logIn(ctx: Ctx, input: LogInInput): Promise<LoggedIn> {
  const keys = nameKeys(input.username)
  const home = await homeOfHost(ctx, input.scope)
  const region = home?.region ?? (await ctx.directory.regionOf(keys, 'nearest'))
  const attempt = await nameAttempt(ctx.nameDigestKey, {
    username: input.username,
    nameKey: input.username,
    siteId: home?.siteId ?? null,
    scope: input.scope,
    usersOf: input.scope,
    request: input.request,
    device: input.device,
    secret: secretOf(input),
    at: ctx.clock(),
  })
  const confirmRegion = async () => home?.region ?? (await ctx.directory.regionOf(keys, 'primary'))
  return decide(ctx, region, async (region) => ({
    ...(await byPassword(ctx, region, { attempt, input })),
    confirmRegion,
  }))
}

/** What a guess guesses. */
function secretOf({ password, otp }: LogInInput): string {
  return otp === null ? (password ?? '') : `${password ?? ''}\u0000${otp}`
}

async function homeOfHost(ctx: Ctx, scope: HostScope): Promise<SiteHome | null> {
  if (scope.kind === 'any') return null
  const home = await ctx.siteHosts.homeOf(scope)
  if (!home) throw new Problem('site-configuration/no-account-for-site')
  return home
}

interface Given {
  attempt: Omit<NamedAttempt, 'id'>
  input: LogInInput
}

async function byPassword(
  ctx: Ctx,
  region: Region,
  { attempt, input }: Given,
): Promise<Way<LoggedIn>> {
  const { password, language } = input
  const { at, scope } = attempt
  const partial = await partialOf(ctx, region, input)
  const isGone = input.partialSession !== null && partial === null
  const by = { isGuess: !isGone && isGuess(input) }
  const judge = judging(ctx, region, { attempt, input, partial })
  return {
    attempt,
    language,
    isGuess: by.isGuess,
    known: await ctx.in(region).logins.find(attempt),
    judge: (known, use) =>
      isGone ? Promise.resolve({ outcome: 'key_mismatch', claim: null }) : judge(known, use),
    end: async ({ attempt, judged, claim, use }) => {
      const proved = { attempt, sessionId: use.by, claim, judged, input, by }
      const started = await startSession(ctx, region, proved)
      if (started instanceof Problem)
        return { refusal: started, outcome: 'password_change_required' }
      return started.loggedIn ? { end: started.loggedIn } : { known: started.known }
    },
    costsOfWrongCode: (attempt, account) =>
      costsOfWrongCode(ctx, region, { attempt, account, partial, input }),
    refusal: (outcome, { account }) => {
      if (isGone) return new Problem('not-authenticated/invalid-session', { reason: outcome })
      if (!account || outcome !== 'two_factor_required')
        return refusalOf(outcome, region, ctx.globalOrigin)
      const { hostname } = input.request
      const sent = password === null ? partial : null
      return askForSecondFactor(ctx, region, { account, scope, hostname, language, sent })
    },
    lockedOut: (until) => lockedOut(until, at),
  }
}

/** The partial session that was sent; null where none was, or one that is not good any more. */
async function partialOf(
  ctx: Ctx,
  region: Region,
  { partialSession: text, scope }: LogInInput,
): Promise<SentPartialSession | null> {
  if (text === null) return null
  const partial = await findPartialSession(ctx, text, scope)
  return partial && !(await ctx.in(region).partialSessions.isDead(partial)) ? partial : null
}

/** A partial session stands for a password that was right, and what a security key signs is guessed by nobody. */
function isGuess({ password, otp }: LogInInput): boolean {
  return password !== null || (otp !== null && !isSigned(otp))
}

function judging(
  ctx: Ctx,
  region: Region,
  { attempt, input, partial }: Given & { partial: SentPartialSession | null },
) {
  const verify = verifyOnce(ctx.hasher, input.password)
  return async ({ account }: Known, use: FactorUse): Promise<Verdict> => {
    const isRight =
      (await verify(account?.user.passwordHash ?? null)) ||
      (partial !== null && account !== null && standsForPassword(partial, account))
    const denial = whyDenied(account, {
      scope: attempt.scope,
      client: input.request,
      home: region,
      at: attempt.at,
      by: 'password',
      isRight,
      usedAt: null,
      bringsPassword: input.newPassword !== null,
    })
    const outcome = outcomeOf(denial)
    if (!account || !PASSWORD_IS_RIGHT.includes(outcome)) return { outcome, claim: null }
    const asked = { account, otp: input.otp, partial, by: use.by }
    const step = await takeSecondStep(ctx, region, asked)
    return step.outcome === 'none' ? { outcome, claim: step.claim } : { ...step, claim: null }
  }
}

/** What a wrong code after a right password costs, and whom the third in a row is told to. */
async function costsOfWrongCode(
  ctx: Ctx,
  region: Region,
  wrong: {
    attempt: NamedAttempt
    account: Account
    partial: PartialSession | null
    input: LogInInput
  },
): Promise<Notice> {
  const { attempt, account, partial, input } = wrong
  const cost = wrongCodeCosts(ctx, region, { userId: account.user.id, partial })
  const notice = await wrongCodesNotice(ctx, region, {
    attempt,
    account,
    language: input.language,
  })
  return (condition) => [
    ...cost(condition),
    ctx.in(region).logins.countWrongCode(account.user.id, condition),
    ...notice(condition),
  ]
}

/** Verifies against a stored hash, and against the same one only once. */
function verifyOnce(hasher: PasswordHasher, password: string | null) {
  const verdicts = new Map<string | null, boolean>()
  return async (stored: string | null): Promise<boolean> => {
    if (password === null) return false
    const verdict = verdicts.get(stored) ?? (await hasher.verify(password, stored))
    verdicts.set(stored, verdict)
    return verdict
  }
}
