import * as z from 'zod'
import { eventByOperator } from '../audit/credential-event.ts'
import type { Ctx } from '../context.ts'
import { integer, text } from '../http/check-parameters.ts'
import { operatorRoute } from '../http/operator-route.ts'
import { Problem } from '../http/problem.ts'
import { apiObject } from '../http/route.ts'
import { regionCodeOfId } from '../storage/ids.ts'
import {
  pageParameters,
  readPosition,
  readRegionalPage,
  requestedRegions,
} from '../storage/list-pages.ts'
import type { Region } from '../storage/region.ts'
import { findSite, findUser } from '../users/find-by-name.ts'
import { sessionTimeout } from './session.ts'
import type { ListedSession } from './session-store.ts'

/** Never contains the session string or its digest. Only the session's user sees more than the integer id. */
const regionalSession = apiObject('OperatorSession', {
  region: z.string(),
  site: z.string(),
  username: z.string(),
  id: z.int(),
  user_id: z.int(),
  site_id: z.int(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().describe('Updated every 5 minutes at most'),
  timeout_at: z.iso.datetime(),
})

const list = operatorRoute(
  {
    endpoint: 'GET /sessions',
    summary: 'List the active sessions of one user, one site, one region or all',
    parameters: z.object({
      username: text(256).optional(),
      site: text(63).optional().describe('The subdomain of a site'),
      ...pageParameters,
    }),
    replies: {
      200: {
        description: 'The sessions',
        body: z.array(regionalSession).meta({ id: 'OperatorSessions' }),
      },
    },
    problems: ['not-found/user-not-found', 'not-found/site-not-found'],
  },
  async ({ parameters, ctx }) => {
    const requested = requestedRegions(ctx.regions, parameters.region)
    const found = await ownerOf(ctx, parameters)
    const regions = found.region ? requested.filter((region) => region === found.region) : requested
    const [now, { epoch }] = [ctx.clock(), ctx]
    const { rows, headers } = await readRegionalPage(regions, parameters, {
      read: (region, position, limit) => {
        const after = readPosition(position)
        return ctx.in(region).sessions.list({ owner: found.owner, after, limit, now, epoch })
      },
      placeOf: ({ session }) => `${session.userId}-${session.id}`,
    })
    return { status: 200, headers, body: rows.map(({ region, row }) => view(region, row)) }
  },
)

const end = operatorRoute(
  {
    endpoint: 'DELETE /sessions/:id',
    summary: 'Revoke a session at once, in every form of its credential',
    parameters: z.object({ id: integer() }),
    replies: { 204: { description: 'The session was revoked' } },
    problems: ['not-found/session-not-found'],
  },
  async ({ parameters: { id }, ctx, request }) => {
    const region = ctx.regions.withCode(regionCodeOfId(id))
    const found = region && (await ctx.in(region).sessions.findAtPrimary({ id }))
    if (!region || !found) throw notFound()
    const at = { now: ctx.clock(), epoch: ctx.epoch }
    const event = eventByOperator({ region, account: found }, request, {
      event: 'sessions_ended',
      at: at.now,
      changes: { session_id: [id, null] },
    })
    if (!(await ctx.in(region).sessions.endRecorded(id, at, event))) throw notFound()
    return { status: 204 }
  },
)

/** Finds the user whose sessions were requested, and their region; no region if all users' sessions were. */
async function ownerOf(
  ctx: Ctx,
  filter: { username?: string | undefined; site?: string | undefined },
) {
  const ofSite = filter.site === undefined ? null : await findSite(ctx, filter.site)
  if (filter.username !== undefined) {
    const { region, account } = await findUser(ctx, filter.username)
    if (ofSite && ofSite.site.id !== account.site.id) throw new Problem('not-found/user-not-found')
    return { region, owner: { userId: account.user.id } }
  }
  return ofSite
    ? { region: ofSite.region, owner: { siteId: ofSite.site.id } }
    : { region: null, owner: {} }
}

function view(region: Region, listed: ListedSession): z.infer<typeof regionalSession> {
  const { session, user, site } = listed
  return {
    region: region.name,
    site: site.subdomain,
    username: user.username,
    id: session.id,
    user_id: session.userId,
    site_id: session.siteId,
    created_at: instant(session.createdAt),
    last_used_at: instant(session.lastUsedAt),
    timeout_at: instant(sessionTimeout(listed)),
  }
}

function notFound(): Problem {
  return new Problem('not-found/session-not-found')
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

export const operatorSessionRoutes = [list, end]
