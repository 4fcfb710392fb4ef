import type { RecordedEvent } from '../../audit/credential-event-store.ts'
import type { Ctx } from '../../context.ts'
import type { UserCaller } from '../../sessions/access.ts'
import { MOST_STRATEGIES } from '../../sso/strategy-store.ts'

/** The names of users and strategies by id. */
export interface Names {
  users: Map<number, string>
  strategies: Map<number, string>
}

/** Returns the names that a list of changes and one more user need. */
export async function namesIn(
  ctx: Ctx,
  { live, region }: Pick<UserCaller, 'live' | 'region'>,
  { events, userId = null }: { events: RecordedEvent[]; userId?: number | null | undefined },
): Promise<Names> {
  const siteId = live.site.id
  const about = events.flatMap((event) => [event.userId, idIn(event.actor, 'user')])
  const ids = [...new Set([...about, userId])].filter((id) => id !== null)
  const [users, strategies] = await Promise.all([
    ctx.in(region).userChanges.list({ siteId, ids }, { after: 0, skip: 0, limit: ids.length }),
    ctx.in(region).strategies.list(siteId, { after: 0, skip: 0, limit: MOST_STRATEGIES }),
  ])
  return {
    users: new Map(users.map(({ id, username }) => [id, username])),
    strategies: new Map(strategies.map(({ id, label }) => [id, label])),
  }
}

/** The id of an actor of this kind: `user:7` is 7 for users, and null for strategies. */
export function idIn(actor: string, kind: 'user' | 'strategy'): number | null {
  return actor.startsWith(`${kind}:`) ? Number(actor.slice(kind.length + 1)) : null
}
