import type { Ctx } from '../context.ts'
import { countersOf } from '../login/failure-counter.ts'
import type { Region } from '../storage/region.ts'
import type { User } from './account.ts'

/**
 * Returns until when users are locked out, in milliseconds since the Unix epoch, by user id. Users who are not locked
 * out are left out. The latest lockout counts, because each is for one host or one known address.
 */
export async function lockedUntil(
  ctx: Ctx,
  region: Region,
  users: User[],
): Promise<Map<number, number>> {
  const counted = await Promise.all(
    users.map(async (user) => [user.id, await countersOf(ctx.nameDigestKey, user)] as const),
  )
  const counters = counted.flatMap(([, ofUser]) => ofUser)
  const locks = await ctx.in(region).refusals.locksOf(counters, ctx.clock())
  const ends = counted.map(
    ([id, ofUser]) =>
      [id, Math.max(0, ...ofUser.map(({ stranger }) => locks.get(stranger) ?? 0))] as const,
  )
  return new Map(ends.filter(([, end]) => end > 0))
}
