import type { Ctx } from '../context.ts'
import type { Region } from '../storage/region.ts'
import type { AttemptFilter } from './attempt-store.ts'

/** Selects the attempts of a name: those with this typed name, and those of its user, whatever was typed. */
export async function attemptsOfName(
  ctx: Ctx,
  { region, siteId }: { region: Region; siteId: number },
  username: string | undefined,
): Promise<AttemptFilter['name']> {
  if (!username) return undefined
  const named = await ctx.in(region).users.named(username)
  return { typed: username, userId: named?.user.siteId === siteId ? named.user.id : null }
}
