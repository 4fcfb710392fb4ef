import type { LoginOutcome } from '../history/login-outcome.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region } from '../regions/region.ts'
import { type CheckCodeNeeds, checkCode, wrongCodeCosts } from '../second-factors/check-code.ts'
import type { PartialSessionKey } from '../second-factors/partial-session.ts'
import { accepts } from '../users/accepted-proofs.ts'
import type { Account } from '../users/account.ts'
import type { Known } from './account-finder.ts'
import type { LoginLedger, NamedAttempt } from './login-ledger.ts'
import { nameAttempt } from './named-attempt.ts'

export interface ReauthenticateNeeds extends CheckCodeNeeds {
  clock: Clock
  hasher: PasswordHasher
  ledgerIn: (region: Region) => LoginLedger
  outboxIn: (region: Region) => Outbox
}

/** What a user gives to show that it still is the one who logged in. */
export type Proof = { password: string } | { code: string }

interface Asked {
  region: Region
  account: Account
  request: RequestFacts
}

/**
 * Verifies a user that is known by its session or key, by its password or a code of a second factor, which
 * is used up. A wrong one counts as a failed log in at the site, so that a stolen session is no way to guess.
 * @throws {Problem} reauthentication-failed; reauthentication-rate-limited while the name is locked
 */
export async function reauthenticate(
  needs: ReauthenticateNeeds,
  asked: Asked,
  proof: Proof,
): Promise<void> {
  const attempt = await attemptOf(needs, asked, proof)
  const known = await needs.ledgerIn(asked.region).findAtPrimary(attempt)
  if (known.lockedUntil !== null && known.lockedUntil > attempt.at)
    throw new Problem('rate-limited/reauthentication-rate-limited', {
      headers: { 'Retry-After': String(Math.ceil((known.lockedUntil - attempt.at) / 1_000)) },
    })
  const outcome = await judge(needs, asked, { known, attempt, proof })
  if (outcome === 'none') return
  await refuse(needs, asked, { attempt, known, outcome, partial: null })
  throw new Problem('not-authorized/reauthentication-failed')
}

/** Counts a wrong code as a failed log in at the site, where it came with something else than a password. */
export async function countWrongCode(
  needs: ReauthenticateNeeds,
  asked: Asked,
  { code, partial }: { code: string; partial: PartialSessionKey },
): Promise<void> {
  const attempt = await attemptOf(needs, asked, { code })
  const known = await needs.ledgerIn(asked.region).findAtPrimary(attempt)
  const outcome = 'one_time_password_mismatch'
  await refuse(needs, asked, { attempt, known, outcome, partial })
}

async function refuse(
  needs: ReauthenticateNeeds,
  { region, account }: Asked,
  failed: {
    attempt: NamedAttempt
    known: Known
    outcome: LoginOutcome
    partial: PartialSessionKey | null
  },
): Promise<void> {
  const { attempt, known, outcome, partial } = failed
  const { formerKey: nameKey, siteId, address, at } = attempt
  const content = { nameKey, siteId, address, language: 'en' }
  const lockNotice = await needs.outboxIn(region).prepare('lock-notice', content, at)
  const costs = wrongCodeCosts(needs, region, { userId: account.user.id, partial })
  await needs.ledgerIn(region).refuse(attempt, known, {
    outcome,
    lockNotice: { ...lockNotice, nextAttemptAt: at },
    wrongCode: outcome === 'one_time_password_mismatch' ? costs : undefined,
  })
}

/** What security keys sign where a user proves again who it is. */
export function sessionPurpose({ id }: Pick<Account['user'], 'id'>): string {
  return `session of ${id}`
}

async function attemptOf(
  { clock, nameDigestKey }: ReauthenticateNeeds,
  { region, account: { user, site }, request }: Asked,
  proof: Proof,
): Promise<NamedAttempt> {
  const attempt = await nameAttempt(nameDigestKey, {
    ...{ username: user.username, nameKey: user.usernameKey, siteId: site.id, at: clock() },
    ...{ scope: { kind: 'any', region: null }, request, device: null },
    secret: 'password' in proof ? proof.password : `\u0000${proof.code}`,
  })
  return { ...attempt, id: newId(region.code) }
}

async function judge(
  needs: ReauthenticateNeeds,
  { region, account }: Asked,
  { known, attempt, proof }: { known: Known; attempt: NamedAttempt; proof: Proof },
): Promise<LoginOutcome> {
  const user = known.account?.user
  const isSame = user?.id === account.user.id
  if ('password' in proof) {
    const isRight = await needs.hasher.verify(proof.password, user?.passwordHash ?? null)
    return isRight && isSame && accepts(user, 'password') ? 'none' : 'password_mismatch'
  }
  if (!user || !isSame || !accepts(user, 'second-factor')) return 'one_time_password_mismatch'
  const use = { by: attempt.id, at: attempt.at }
  const challenge = { purpose: sessionPurpose(user) }
  const given = { otp: proof.code, partial: null, challenge, use }
  const claim = await checkCode(needs, region, account, given)
  const isMade = claim !== null && (await needs.secondFactorsIn(region).make(claim))
  return isMade ? 'none' : 'one_time_password_mismatch'
}
