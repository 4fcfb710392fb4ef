import { RECENT_MS } from '../access/access-change.ts'
import { Problem } from '../http/problem.ts'
import type { SessionCaller } from '../sessions/access.ts'
import type { Clock } from '../storage/clock.ts'
import { hasSecondFactor } from './second-factor.ts'

/** What a user must give before its factors change: who has one a code of it; null where it did. */
export function neededReauthentication(
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
export function reauthenticating(
  ctx: { clock: Clock },
  caller: SessionCaller,
  typed: string | undefined,
): SessionCaller {
  const asked = neededReauthentication(ctx, caller)
  if (asked === null) return caller
  if (!typed) throw new Problem('not-authorized/reauthentication-failed', { reason: 'no proof' })
  return caller.proving(asked === 'code' ? { code: typed } : { password: typed })
}
