import { Authority, type EventActor, eventBy } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { invalidParameter, Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { type Page, readPage } from '../storage/list-pages.ts'
import { type Account, seesSite } from '../users/account.ts'
import { listedUserId } from '../users/listed-user.ts'
import type { UserCaller } from './access.ts'
import type { ListedSession } from './session-store.ts'

/** The sessions of one user, or for an admin all sessions of the site. */
export type SessionOwner = { userId: number } | 'site'

/**
 * Lists the active sessions of the caller's site, in the order of their users' ids and their own.
 * @throws {Problem} user-id-without-site-admin; user-not-found, also for users of another site
 */
export async function listSessions(
  ctx: Ctx,
  caller: UserCaller,
  { owner, after, limit }: { owner: SessionOwner; after: number[]; limit: number },
): Promise<ListedSession[]> {
  const { live, region } = caller
  const { id: siteId } = live.site
  if (owner === 'site' && !seesSite(live.user))
    throw new Problem('not-authorized/user-id-without-site-admin')
  const filter =
    owner === 'site'
      ? { siteId }
      : { userId: await listedUserId(ctx, caller, owner.userId), siteId }
  return ctx
    .in(region)
    .sessions.list({ owner: filter, after, limit, now: ctx.clock(), epoch: ctx.epoch })
}

/**
 * Revokes a session at once: one of the caller's own, or for an admin any session of the site.
 * @throws {Problem} session-not-found, also for sessions that the caller may not revoke
 */
export async function endSession(
  ctx: Ctx,
  actor: EventActor & { live: Account },
  id: number,
): Promise<void> {
  const { live, region } = actor
  const sessions = ctx.in(region).sessions
  const found = await sessions.findAtPrimary({ id })
  const mayEnd =
    found?.site.id === live.site.id && (found.user.id === live.user.id || live.user.siteAdmin)
  if (!mayEnd) throw notFound()
  const now = ctx.clock()
  const event = eventBy(actor, {
    event: 'sessions_ended',
    authority: Authority.grantsNoAccess,
    at: now,
    userId: found.user.id,
    changes: { session_id: [id, null] },
  })
  if (!(await sessions.endRecorded(id, { now, epoch: ctx.epoch }, event))) throw notFound()
}

/** Revokes all sessions of a user of the caller's site at once, except the one in use and its parent. */
export async function endSessionsOf(
  ctx: Ctx,
  { caller, request }: { caller: UserCaller; request: RequestFacts },
  userId: number,
): Promise<void> {
  const { live, region } = caller
  const kept = caller.by === 'session' ? [caller.live.session.id, caller.live.session.parentId] : []
  const event = eventBy(
    { live, region, request },
    { event: 'sessions_ended', authority: Authority.grantsNoAccess, at: ctx.clock(), userId },
  )
  await ctx.in(region).sessions.endAll(
    event,
    kept.filter((id) => id !== null),
  )
}

function notFound(): Problem {
  return new Problem('not-found/session-not-found')
}

/**
 * Reads the page that was requested, from the ids of the user and session that the cursor names.
 * @throws {Problem} request-params-invalid
 */
export function pageOfSessions(
  { cursor, limit: size }: { cursor: string | undefined; limit: number },
  read: (after: number[], limit: number) => Promise<ListedSession[]>,
): Promise<Page<ListedSession>> {
  if (cursor !== undefined && !/^\d{1,16}-\d{1,16}$/.test(cursor)) throw invalidParameter('cursor')
  const after = cursor === undefined ? [] : cursor.split('-').map(Number)
  return readPage(
    size,
    (limit) => read(after, limit),
    ({ session }) => `${session.userId}-${session.id}`,
  )
}
