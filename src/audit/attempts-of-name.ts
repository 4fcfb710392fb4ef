import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { AttemptFilter } from './attempt-store.ts'

/** Which attempts are of a name: those that typed it, and those of its user, whatever they typed. */
export async function attemptsOfName(
  ctx: Ctx,
  { region, siteId }: { region: Region; siteId: number },
  username: string | undefined,
): Promise<AttemptFilter['name']> {
  if (!username) return undefined
  const named = await ctx.in(region).users.named(username)
  return { typed: username, userId: named?.user.siteId === siteId ? named.user.id : null }
}
