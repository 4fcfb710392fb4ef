import { RECENT_MS } from '../access/access-change.ts'
import { Problem } from '../http/problem.ts'
import type { SessionCaller } from '../sessions/access.ts'
import type { Clock } from '../storage/clock.ts'
import { hasSecondFactor } from './second-factor.ts'

/**
 * What a user must enter before they change their 2FA methods: a code if they have a method, else the password. Null
 * if they have just authenticated.
 */
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

/** Returns the caller with what the user entered. It is verified when the change is authorized. */
export function reauthenticating(
  ctx: { clock: Clock },
  caller: SessionCaller,
  typed: string | undefined,
): SessionCaller {
  const needed = neededReauthentication(ctx, caller)
  if (needed === null) return caller
  if (!typed) throw new Problem('not-authorized/reauthentication-failed', { reason: 'no proof' })
  return caller.proving(needed === 'code' ? { code: typed } : { password: typed })
}
