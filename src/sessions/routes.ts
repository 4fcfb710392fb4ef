import * as z from 'zod'
import { Problem } from '../http/problem.ts'
import { route } from '../http/route.ts'
import type { HostScope } from '../sites/site.ts'
import type { Clock } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import { endingSession, renewingSession } from './access.ts'
import { issueToken } from './issue-token.ts'
import { sessionTimeout } from './session.ts'
import type { SessionStore } from './session-store.ts'
import type { SessionTokens } from './session-token.ts'

interface Needs {
  clock: Clock
  epoch: number
  scope: HostScope
  sessionsIn: (region: Region) => SessionStore
  tokens: SessionTokens
}

const logOut = route<Needs>()(
  {
    method: 'DELETE',
    path: '/sessions',
    summary: 'Log out: ends the presented session at once, in every form of its credential',
    access: endingSession,
    parameters: z.object({}),
    replies: { 204: { description: 'The session has ended' } },
    problems: [],
  },
  async ({ caller, services }) => {
    const ended = await services.sessionsIn(caller.region).end(caller.key, {
      now: services.clock(),
      epoch: services.epoch,
      scope: services.scope,
    })
    if (!ended)
      throw new Problem('not-authenticated/invalid-credentials', { reason: 'no such session' })
    return { status: 204 }
  },
)

const renewToken = route<Needs>()(
  {
    method: 'POST',
    path: '/sessions/token',
    summary: 'Get a fresh session token for the presented session',
    access: renewingSession,
    parameters: z.object({}),
    replies: {
      201: {
        description: 'A token that is good until the session’s present timeout',
        body: z
          .object({ token: z.string(), timeout_at: z.iso.datetime() })
          .meta({ id: 'SessionToken' }),
      },
    },
    problems: [],
  },
  async ({ caller: { live, region }, services }) => ({
    status: 201,
    body: {
      token: await issueToken(services.tokens, live, {
        region,
        now: services.clock(),
      }),
      timeout_at: new Date(sessionTimeout(live)).toISOString(),
    },
  }),
)

export const sessionRoutes = [logOut, renewToken]
