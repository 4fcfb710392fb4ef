import * as z from 'zod'
import { Problem } from '../http/problem.ts'
import { apiObject, route } from '../http/route.ts'
import { endingSession, renewingSession } from './access.ts'
import { issueToken } from './issue-token.ts'
import { sessionTimeout } from './session.ts'

const logOut = route(
  {
    endpoint: 'DELETE /sessions',
    summary: 'Log out: revokes the current session at once, in every form of its credential',
    access: endingSession,
    replies: { 204: { description: 'The session was revoked' } },
  },
  async ({ caller, ctx }) => {
    const ended = await ctx.in(caller.region).sessions.end(caller.key, {
      now: ctx.clock(),
      epoch: ctx.epoch,
      scope: ctx.scope,
    })
    if (!ended)
      throw new Problem('not-authenticated/invalid-credentials', { reason: 'no such session' })
    return { status: 204 }
  },
)

const renewToken = route(
  {
    endpoint: 'POST /sessions/token',
    summary: 'Get a new session token for the current session',
    access: renewingSession,
    replies: {
      201: {
        description: 'A token that is valid until the session’s current timeout',
        body: apiObject('SessionToken', { token: z.string(), timeout_at: z.iso.datetime() }),
      },
    },
  },
  async ({ caller: { live, region }, ctx }) => ({
    status: 201,
    body: {
      token: await issueToken(ctx, live, region),
      timeout_at: new Date(sessionTimeout(live)).toISOString(),
    },
  }),
)

export const sessionRoutes = [logOut, renewToken]
