import type { LoginOutcome } from '../history/login-outcome.ts'
import type { Task } from '../outbox/outbox.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import { SECOND } from '../platform/clock.ts'
import { storageUnavailable } from '../platform/guarded-storage.ts'
import { newId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { Region } from '../regions/region.ts'
import type { UsernameDirectory } from '../regions/username-directory.ts'
import { wrongCodeCosts } from '../second-factors/check-code.ts'
import type { Claim } from '../second-factors/claim.ts'
import type { PartialSession, SentPartialSession } from '../second-factors/partial-session.ts'
import {
  askForSecondFactor,
  readPartialSession,
  standsForPassword,
  takeSecondStep,
} from '../second-factors/second-step.ts'
import type { LoggedIn } from '../sessions/new-session.ts'
import type { HostScope } from '../sites/site.ts'
import type { SiteHome, SiteHosts } from '../sites/site-hosts.ts'
import type { Account } from '../users/account.ts'
import { nameKeys } from '../users/username.ts'
import type { Known } from './account-finder.ts'
import { isSameForLogin, judgeAccount, refusalOf } from './judge-account.ts'
import { type Notice, wrongCodesNotice } from './log-in-notices.ts'
import type { NamedAttempt } from './login-ledger.ts'
import { nameAttempt } from './named-attempt.ts'
import { type LogInInput, type StartSessionNeeds, startSession } from './start-session.ts'
import type { TextCodeNeeds } from './text-code.ts'

/** The verdicts that only who gave the right password is told; a second factor comes before them. */
const PASSWORD_IS_RIGHT: LoginOutcome[] = [
  'none',
  'password_change_required',
  'password_change_not_required',
]

/** How often a verdict is reached anew on the primary's row before the attempt is given up. */
const MOST_ROUNDS = 3

export interface LogInNeeds extends StartSessionNeeds, TextCodeNeeds {
  directory: UsernameDirectory
  siteHosts: SiteHosts
}

/**
 * Logs a user in by password, and by a second factor where the user has one: reads nearby, verifies,
 * decides at the primary.
 * @throws {Problem} invalid-username-or-password, the same for every cause; locked-out, whether or not
 *   anybody has the name; password-change-required and what else only the owner of the password learns;
 *   two-factor-authentication-error and one-time-password-incorrect among it; invalid-session for a
 *   partial session that is not good; no-account-for-site
 */
export async function logIn(needs: LogInNeeds, input: LogInInput): Promise<LoggedIn> {
  const keys = nameKeys(input.username)
  const partial =
    input.partialSession === null
      ? null
      : await readPartialSession(needs, input.partialSession, input.scope)
  const home = await homeOfHost(needs, input.scope)
  const region = home?.region ?? (await needs.directory.regionOf(keys, 'nearest'))
  const confirmRegion = async () =>
    home?.region ?? (await needs.directory.regionOf(keys, 'primary'))
  const siteId = home?.siteId ?? null
  const attempt = await nameAttempt(needs.nameDigestKey, {
    username: input.username,
    nameKey: input.username,
    siteId,
    scope: input.scope,
    at: needs.clock(),
    request: input.request,
    device: input.device,
    secret: secretOf(input),
  })
  return decide(needs, attempt, { region, input, partial, confirmRegion })
}

/** What a guess guesses. */
function secretOf({ password, otp }: LogInInput): string {
  return otp === null ? (password ?? '') : `${password ?? ''}\u0000${otp}`
}

async function homeOfHost(needs: LogInNeeds, scope: HostScope): Promise<SiteHome | null> {
  if (scope.kind === 'any') return null
  const home = await needs.siteHosts.homeOf(scope)
  if (!home) throw new Problem('site-configuration/no-account-for-site')
  return home
}

interface Decision {
  region: Region
  input: LogInInput
  partial: SentPartialSession | null
  /** Asks the directory's primary: before a refusal, a replica's word on the region is not enough. */
  confirmRegion: () => Promise<Region>
}

async function decide(
  needs: LogInNeeds,
  named: Omit<NamedAttempt, 'id'>,
  { region, input, partial, confirmRegion }: Decision,
): Promise<LoggedIn> {
  const ledger = needs.ledgerIn(region)
  const { password, newPassword, otp } = input
  const { at, scope } = named
  const verify = verifyOnce(needs.hasher, password)
  if (partial && (await needs.partialSessionsIn(region).isDead(partial)))
    throw new Problem('not-authenticated/invalid-session', { reason: 'used, or too many codes' })
  let known = await ledger.find(named)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const attempt = { ...named, id: newId(region.code) }
    const sessionId = newId(region.code)
    const { account } = known
    let outcome: LoginOutcome = 'locked_out'
    let refusal: Problem | null = null
    let claim: Claim | null = null
    if (!isLockedAt(known, at)) {
      const passwordIsRight =
        (await verify(account?.user.passwordHash ?? null)) ||
        (partial !== null && account !== null && standsForPassword(partial, account))
      const bringsPassword = newPassword !== null
      outcome = judgeAccount(account, {
        ...{ scope, home: region, at, comer: input.request },
        ...{ passwordIsRight, bringsPassword },
      })
      if (account && PASSWORD_IS_RIGHT.includes(outcome)) {
        const asked = { account, otp, partial, by: sessionId }
        const step = await takeSecondStep(needs, region, asked)
        if (step.outcome === 'none') claim = step.claim
        else outcome = step.outcome
      }
    }
    if (account && outcome === 'none') {
      const started = await startSession(needs, region, {
        ...{ attempt, sessionId, claim, input },
        judged: { ...known, account },
      })
      if (!(started instanceof Problem)) {
        known = started.known
        if (started.loggedIn) return started.loggedIn
        continue
      }
      refusal = started
      outcome = 'password_change_required'
    }
    const confirmed = round === 0 ? await confirmRegion() : region
    if (confirmed !== region)
      return decide(needs, named, { region: confirmed, input, partial, confirmRegion })
    const lockNotice = await prepareLockNotice(needs, region, {
      ...{ attempt, language: input.language },
    })
    const wrongCode =
      account && outcome === 'one_time_password_mismatch'
        ? await costsOfWrongCode(needs, region, { attempt, account, partial, input })
        : undefined
    const before = await ledger.refuse(attempt, known, { outcome, lockNotice, wrongCode })
    if (isLockedAt(before, at)) throw lockedOut(before, at)
    if (outcome !== 'locked_out' && isSameForLogin(before.account, account, scope)) {
      if (account && outcome === 'two_factor_required')
        throw await askForSecondFactor(needs, region, {
          ...{ account, scope, language: input.language, hostname: input.request.hostname },
          sent: password === null ? partial : null,
        })
      throw refusal ?? refusalOf(outcome, region, needs.globalOrigin)
    }
    known = before
  }
  throw storageUnavailable('the account changed during the log in, again and again')
}

/** What a wrong code after a right password costs, and whom the third in a row is told to. */
async function costsOfWrongCode(
  needs: LogInNeeds,
  region: Region,
  wrong: {
    attempt: NamedAttempt
    account: Account
    partial: PartialSession | null
    input: LogInInput
  },
): Promise<Notice> {
  const { attempt, account, partial, input } = wrong
  const cost = wrongCodeCosts(needs, region, { userId: account.user.id, partial })
  const notice = await wrongCodesNotice(needs, region, {
    ...{ attempt, account, language: input.language },
  })
  return (condition) => [
    ...cost(condition),
    needs.ledgerIn(region).countWrongCode(account.user.id, condition),
    ...notice(condition),
  ]
}

/** Made for every failure, known name or not; kept with the one that locks the name. The cron does it. */
export async function prepareLockNotice(
  { outboxIn }: Pick<LogInNeeds, 'outboxIn'>,
  region: Region,
  { attempt, language }: { attempt: NamedAttempt; language: string },
): Promise<Task> {
  const { formerKey: nameKey, siteId, address, at } = attempt
  const content = { nameKey, siteId, address, language }
  return { ...(await outboxIn(region).prepare('lock-notice', content, at)), nextAttemptAt: at }
}

function isLockedAt({ lockedUntil }: Known, at: number): boolean {
  return lockedUntil !== null && lockedUntil > at
}

export function lockedOut({ lockedUntil }: Known, at: number): Problem {
  const until = new Date(lockedUntil ?? at).toISOString()
  return new Problem('not-authenticated/locked-out', {
    values: { until },
    data: { lockout_expires: until },
    headers: { 'Retry-After': String(Math.ceil(((lockedUntil ?? at) - at) / SECOND)) },
  })
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
