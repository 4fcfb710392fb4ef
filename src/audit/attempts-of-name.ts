import type { Region } from '../storage/region.ts'
import type { UserStore } from '../users/user-store.ts'
import type { AttemptFilter } from './attempt-store.ts'

/** Which attempts are of a name: those that typed it, and those of its user, whatever they typed. */
export async function attemptsOfName(
  { usersIn }: { usersIn: (region: Region) => UserStore },
  { region, siteId }: { region: Region; siteId: number },
  username: string | undefined,
): Promise<AttemptFilter['name']> {
  if (!username) return undefined
  const named = await usersIn(region).named(username)
  return { typed: username, userId: named?.user.siteId === siteId ? named.user.id : null }
}
