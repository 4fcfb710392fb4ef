import * as z from 'zod'
import { integer, text } from '../http/check-parameters.ts'
import { apiObject, route } from '../http/route.ts'
import { managingUser } from './access.ts'
import { endSession, endSessionsOf, listSessions, pageOfSessions } from './manage-sessions.ts'
import { sessionTimeout } from './session.ts'
import type { ListedSession } from './session-store.ts'

/** A session in a list, for its user or an admin. Never contains a credential. */
const listedSessionObject = apiObject('ListedSession', {
  id: z.int(),
  user_id: z.int(),
  username: z.string(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().describe('Updated every 5 minutes at most'),
  timeout_at: z.iso.datetime().describe('When it expires if it is not used'),
  ip: z.string().nullable().describe('The IP address where the session began'),
  place: z.string().nullable().describe('The approximate city and country of that address'),
  user_agent: z.string(),
  current: z.boolean().describe('Whether it is the current session'),
})

/** @param currentId the session in use; null with an API key */
function viewListedSession(
  listed: ListedSession,
  currentId: number | null,
): z.infer<typeof listedSessionObject> {
  const { session, user } = listed
  return {
    id: session.id,
    user_id: session.userId,
    username: user.username,
    created_at: new Date(session.createdAt).toISOString(),
    last_used_at: new Date(session.lastUsedAt).toISOString(),
    timeout_at: new Date(sessionTimeout(listed)).toISOString(),
    ip: session.address,
    place: session.place,
    user_agent: session.userAgent,
    current: session.id === currentId,
  }
}

const DEFAULT_PAGE = 100

const list = route(
  {
    endpoint: 'GET /sessions',
    summary: 'List the active sessions of a user, or of the site',
    access: managingUser,
    parameters: z.object({
      user_id: integer().optional().describe('0 or empty: the current user'),
      site: z
        .boolean()
        .optional()
        .describe('For admins: true lists the sessions of all users of the site'),
      per_page: integer().min(1).max(1_000).optional().describe('Default: 100'),
      cursor: text(64).optional().describe('The X-Files-Cursor of the previous page'),
    }),
    replies: {
      200: {
        description: 'The sessions',
        body: z.array(listedSessionObject).meta({ id: 'ListedSessions' }),
      },
    },
    problems: ['not-authorized/user-id-without-site-admin', 'not-found/user-not-found'],
  },
  async ({ parameters, caller, ctx }) => {
    const { site, user_id: userId, cursor, per_page: limit = DEFAULT_PAGE } = parameters
    const owner = site ? ('site' as const) : { userId: userId || caller.live.user.id }
    const { rows, headers } = await pageOfSessions({ cursor, limit }, (after, limit) =>
      listSessions(ctx, caller, { owner, after, limit }),
    )
    const current = caller.by === 'session' ? caller.live.session.id : null
    return { status: 200, body: rows.map((one) => viewListedSession(one, current)), headers }
  },
)

const endOthers = route(
  {
    endpoint: 'DELETE /sessions/others',
    summary: 'Revoke all other sessions of the current user at once',
    access: managingUser,
    replies: { 204: { description: 'The sessions were revoked' } },
  },
  async ({ caller, ctx, request }) => {
    await endSessionsOf(ctx, { caller, request }, caller.live.user.id)
    return { status: 204 }
  },
)

const end = route(
  {
    endpoint: 'DELETE /sessions/:id',
    summary: 'Revoke a session of the current user at once, or as an admin of any user of the site',
    access: managingUser,
    parameters: z.object({ id: integer() }),
    replies: { 204: { description: 'The session was revoked' } },
    problems: ['not-found/session-not-found'],
  },
  async ({ parameters: { id }, caller: { live, region }, ctx, request }) => {
    await endSession(ctx, { live, region, request }, id)
    return { status: 204 }
  },
)

export const sessionManagementRoutes = [list, endOthers, end]
