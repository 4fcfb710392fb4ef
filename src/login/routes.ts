import type { Clock } from '../platform/clock.ts'
import { route } from '../platform/route.ts'
import { password } from '../sessions/access.ts'
import { issueToken } from '../sessions/issue-token.ts'
import { getsSessionString, type SessionIdFormat } from '../sessions/session-id-format.ts'
import { sessionObject, viewSession } from '../sessions/session-view.ts'
import type { HostScope } from '../sites/site.ts'
import type { SessionTokens } from '../tokens/session-token.ts'
import { logInParameters } from './contract.ts'
import { type LogInNeeds, logIn } from './log-in.ts'

interface Needs extends LogInNeeds {
  clock: Clock
  scope: HostScope
  sessionIdFormat: SessionIdFormat
  tokens: SessionTokens
}

const create = route<Needs>()(
  {
    method: 'POST',
    path: '/sessions',
    summary: 'Create user session (log in)',
    access: password,
    parameters: logInParameters,
    replies: { 201: { description: 'The session', body: sessionObject } },
    problems: [
      'not-authenticated/invalid-username-or-password',
      'site-configuration/no-account-for-site',
      'service-unavailable/storage-unavailable',
    ],
  },
  async ({ parameters, services, request }) => {
    const { live, region, sessionString } = await logIn(services, {
      username: parameters.username,
      password: parameters.password,
      scope: services.scope,
      request,
    })
    const asString = getsSessionString(services.sessionIdFormat, request.userAgent)
    return {
      status: 201,
      body: {
        ...viewSession(live, asString ? sessionString : live.session.id),
        token: await issueToken(services.tokens, live, { region, now: services.clock() }),
      },
      headers: { Vary: 'User-Agent' },
    }
  },
)

export const loginRoutes = [create]
