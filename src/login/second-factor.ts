import type { LoginOutcome } from '../audit/login-outcome.ts'
import type { Ctx } from '../context.ts'
import type { Problem } from '../http/problem.ts'
import { countingWrongCode } from '../two-factor/check-code.ts'
import { askForSecondFactor, isOfUser, takeSecondStep } from '../two-factor/second-step.ts'
import type { Login, Verdict } from './login.ts'
import { type Notice, wrongCodesNotice } from './login-notices.ts'

/** The outcomes that a client learns only after the second factor. */
const AFTER_SECOND_FACTOR: LoginOutcome[] = [
  'none',
  'password_change_required',
  'password_change_not_required',
]

/** Verifies the second factor of a user who has one, unless the proof included one. */
export async function takeSecondFactor(
  ctx: Ctx,
  { method: { secondFactor }, identity, use }: Login,
  judged: Verdict,
): Promise<Verdict> {
  const { account, proof, outcome } = judged
  if (!account || !proof || !AFTER_SECOND_FACTOR.includes(outcome)) return judged
  if (!secondFactor || proof.includesSecondFactor) return judged
  const { otp } = secondFactor
  // A partial session of another user issued no challenge to this one.
  const isTheirs = secondFactor.partial && isOfUser(secondFactor.partial, account)
  const partial = isTheirs ? secondFactor.partial : null
  const challenge = partial && { issued: partial.challenge }
  const step = await takeSecondStep(ctx, identity.region, account, { otp, partial, challenge, use })
  return step.outcome === 'none'
    ? { ...judged, factor: step.consumption }
    : { ...judged, outcome: step.outcome }
}

/** Returns which 2FA methods are accepted if the second factor is missing; null if it is not. */
export async function demandFactor(
  ctx: Ctx,
  { client, method, identity, attempt }: Login,
  { account, outcome }: Verdict,
): Promise<Problem | null> {
  const { secondFactor } = method
  if (outcome !== 'two_factor_required' || !account || !secondFactor) return null
  const { partial, isContinued, carried } = secondFactor
  return askForSecondFactor(ctx, identity.region, {
    account,
    scope: attempt.scope,
    hostname: client.request.hostname,
    language: client.language,
    sent: isContinued ? partial : null,
    proof: (await carried?.()) ?? null,
  })
}

/**
 * Counts a wrong code. After a right password, the third in a row notifies the user, because somebody else may have the
 * password. Reauthentication asks for a code alone, so it sends no notice.
 */
export async function wrongCodeStatements(ctx: Ctx, login: Login): Promise<Notice> {
  const { client, method, identity, attempt } = login
  const { region, known } = identity
  const { account } = known
  if (!account) return () => []
  const { id: userId } = account.user
  const { secondFactor } = method
  const tries = countingWrongCode(ctx, region, { userId, partial: secondFactor?.tries ?? null })
  if (!secondFactor) return tries
  const { language } = client
  const notice = await wrongCodesNotice(ctx, region, { attempt, account, language })
  return (condition) => [
    ...tries(condition),
    ctx.in(region).refusals.countWrongCode(userId, condition),
    ...notice(condition),
  ]
}
