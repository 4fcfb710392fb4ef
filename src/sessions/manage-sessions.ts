import type { Clock } from '../platform/clock.ts'
import { Problem } from '../platform/problem.ts'
import type { Region } from '../regions/region.ts'
import type { HostScope } from '../sites/site.ts'
import type { UserCaller } from './access.ts'
import type { ListedSession, SessionStore } from './session-store.ts'

export interface ManageSessionsNeeds {
  clock: Clock
  epoch: number
  scope: HostScope
  sessionsIn: (region: Region) => SessionStore
}

/** Whose sessions: one user's, or for an admin all of the site. */
export type SessionsOf = { userId: number } | 'site'

/**
 * The live sessions of the caller's site, in the order of their users' ids and their own.
 * @throws {Problem} user-id-without-site-admin
 */
export async function listSessions(
  { clock, epoch, sessionsIn }: ManageSessionsNeeds,
  { live, region }: UserCaller,
  { of, after, limit }: { of: SessionsOf; after: number[]; limit: number },
): Promise<ListedSession[]> {
  const isOwn = of !== 'site' && of.userId === live.user.id
  if (!isOwn && !live.user.siteAdmin) throw new Problem('not-authorized/user-id-without-site-admin')
  const { id: siteId } = live.site
  const whose = of === 'site' ? { siteId } : { userId: of.userId, siteId }
  return sessionsIn(region).list({ of: whose, after, limit, now: clock(), epoch })
}

/**
 * Ends a session at once: one of the caller's own, or for an admin any of the site.
 * @throws {Problem} session-not-found, whether it is somebody else's or nobody's
 */
export async function endSession(
  { clock, epoch, scope, sessionsIn }: ManageSessionsNeeds,
  { live, region }: UserCaller,
  id: number,
): Promise<void> {
  const sessions = sessionsIn(region)
  const found = await sessions.findAtPrimary({ id })
  const mayEnd =
    found?.site.id === live.site.id && (found.user.id === live.user.id || live.user.siteAdmin)
  if (!mayEnd || !(await sessions.end({ id }, { now: clock(), epoch, scope })))
    throw new Problem('not-found/session-not-found')
}

/** Ends every session of the caller but the one in use, and the one that this one began from. */
export async function endOtherSessions(
  { sessionsIn }: ManageSessionsNeeds,
  caller: UserCaller,
): Promise<void> {
  const kept = caller.by === 'session' ? [caller.live.session.id, caller.live.session.parentId] : []
  await sessionsIn(caller.region).endAll(
    caller.live.user.id,
    kept.filter((id) => id !== null),
  )
}
