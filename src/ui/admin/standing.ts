import type { Ctx } from '../../context.ts'
import { isInactive } from '../../login/policy.ts'
import type { UserCaller } from '../../sessions/access.ts'
import type { User } from '../../users/account.ts'
import { lockedUntil } from '../../users/locked-until.ts'

/** What keeps a user out for now, besides being disabled. */
export interface Standing {
  /** After failures, in milliseconds since the Unix epoch. */
  lockedUntil: number | undefined
  /** It has stayed away for longer than the site lets its users. */
  isAway: boolean
}

/** How these users of the caller's site stand. */
export async function standingsOf(
  ctx: Ctx,
  { live, region }: UserCaller,
  users: User[],
): Promise<(user: User) => Standing> {
  const locks = await lockedUntil(ctx, region, users)
  return (user) => ({
    lockedUntil: locks.get(user.id),
    isAway: isInactive({ user, site: live.site }, ctx.clock(), null),
  })
}
