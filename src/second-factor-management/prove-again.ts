import { type ReauthenticateNeeds, reauthenticate } from '../login/reauthenticate.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import { hasSecondFactor } from '../second-factors/second-factor.ts'
import type { SessionCaller } from '../sessions/access.ts'
import { FRESH_FOR_MS } from '../sessions/session.ts'

/** What a user must give before its factors change: who has one a code of it; null where it did. */
export function proofAskedOf(
  { clock }: Pick<ReauthenticateNeeds, 'clock'>,
  { live }: SessionCaller,
): 'password' | 'code' | null {
  const hasOne = hasSecondFactor(live.user)
  const { authenticatedAt, secondFactorAt } = live.session
  const provedAt = hasOne ? secondFactorAt : authenticatedAt
  if (clock() - provedAt < FRESH_FOR_MS) return null
  return hasOne ? 'code' : 'password'
}

/** Takes what was typed for it. @throws {Problem} reauthentication-failed */
export async function proveAgain(
  needs: ReauthenticateNeeds,
  { caller, request }: { caller: SessionCaller; request: RequestFacts },
  typed: string | undefined,
): Promise<void> {
  const asked = proofAskedOf(needs, caller)
  if (asked === null) return
  const { live, region } = caller
  if (!typed) throw new Problem('not-authorized/reauthentication-failed', { reason: 'no proof' })
  const proof = asked === 'code' ? { code: typed } : { password: typed }
  await reauthenticate(needs, { region, account: live, request }, proof)
}
