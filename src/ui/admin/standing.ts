import type { Ctx } from '../../context.ts'
import { isInactive } from '../../login/policy.ts'
import type { UserCaller } from '../../sessions/access.ts'
import type { User } from '../../users/account.ts'
import { lockedUntil } from '../../users/manage-users.ts'

/** Why a user cannot log in at the moment, apart from being disabled. */
export interface Standing {
  /** The end of a lockout, in milliseconds since the Unix epoch. */
  lockedUntil: number | undefined
  /** Whether the user is disabled for inactivity. */
  isInactive: boolean
}

/** Returns the standing of users of the caller's site. */
export async function standingsOf(
  ctx: Ctx,
  { live, region }: UserCaller,
  users: User[],
): Promise<(user: User) => Standing> {
  const locks = await lockedUntil(ctx, region, users)
  return (user) => ({
    lockedUntil: locks.get(user.id),
    isInactive: isInactive({ user, site: live.site }, ctx.clock(), null),
  })
}
