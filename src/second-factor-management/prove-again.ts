import { RECENT_MS } from '../actors/access-change.ts'
import type { Clock } from '../platform/clock.ts'
import { Problem } from '../platform/problem.ts'
import { hasSecondFactor } from '../second-factors/second-factor.ts'
import type { SessionCaller } from '../sessions/access.ts'

/** What a user must give before its factors change: who has one a code of it; null where it did. */
export function proofAskedOf(
  { clock }: { clock: Clock },
  { live }: SessionCaller,
): 'password' | 'code' | null {
  const hasOne = hasSecondFactor(live.user)
  const { authenticatedAt, secondFactorAt } = live.session
  const provedAt = hasOne ? secondFactorAt : authenticatedAt
  if (clock() - provedAt < RECENT_MS) return null
  return hasOne ? 'code' : 'password'
}

/** The caller with what was typed for it, which is verified when the change is authorized. */
export function provingBy(
  needs: { clock: Clock },
  caller: SessionCaller,
  typed: string | undefined,
): SessionCaller {
  const asked = proofAskedOf(needs, caller)
  if (asked === null) return caller
  if (!typed) throw new Problem('not-authorized/reauthentication-failed', { reason: 'no proof' })
  return caller.proving(asked === 'code' ? { code: typed } : { password: typed })
}
