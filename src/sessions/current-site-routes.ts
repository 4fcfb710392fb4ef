import * as z from 'zod'
import type { RequestFacts } from '../platform/request-facts.ts'
import { route } from '../platform/route.ts'
import { siteObject, viewSite } from '../sites/site-view.ts'
import { userObject, viewUser } from '../users/user-view.ts'
import { type SessionCaller, settingUpSession } from './access.ts'
import { getsSessionString, type SessionIdFormat } from './session-id-format.ts'
import { sessionObject, viewSession } from './session-view.ts'

interface Needs {
  sessionIdFormat: SessionIdFormat
}

/** The site with the session in use and its user: what a client asks to learn who it is. */
const currentSite = route<Needs>()(
  {
    method: 'GET',
    path: '/site',
    summary: 'The site, the session in use, and its user',
    access: settingUpSession,
    parameters: z.object({}),
    replies: {
      200: {
        description: 'The site',
        body: siteObject.extend({ session: sessionObject, user: userObject }).meta({ id: 'Site' }),
      },
    },
    problems: [],
  },
  ({ caller, services, request }) => ({
    status: 200,
    body: {
      ...viewSite(caller.live.site),
      session: viewSession(caller.live, idForBearer(caller, services.sessionIdFormat, request)),
      user: viewUser(caller.live.user),
    },
    headers: { Vary: 'User-Agent' },
  }),
)

/** The string form goes only to one who presented it. */
function idForBearer(
  { live, presented }: SessionCaller,
  format: SessionIdFormat,
  request: RequestFacts,
): number | string {
  return (
    (getsSessionString(format, request.userAgent) && presented.sessionString) || live.session.id
  )
}

export const currentSiteRoutes = [currentSite]
