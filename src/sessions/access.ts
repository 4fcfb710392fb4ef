import type { Access } from '../platform/route.ts'
import type { PresentedSession } from './credential.ts'
import type { LiveSession } from './session.ts'

/** Who calls a route that needs a session. */
export interface SessionCaller {
  live: LiveSession
  presented: PresentedSession
}

const security = [{ sessionString: [] }, { sessionToken: [] }]
const refusals = [
  'not-authenticated/authentication-required',
  'not-authenticated/invalid-credentials',
  'not-authenticated/lockout-region-mismatch',
  'service-unavailable/storage-unavailable',
] as const

/** A session that may do everything its user may. */
export const session: Access<SessionCaller> = {
  name: 'session',
  security,
  problems: [...refusals, 'not-authorized/two-factor-authentication-required'],
}

/** Also a session that must set up a second factor first: what it may do all the same. */
export const settingUpSession: Access<SessionCaller> = {
  name: 'setting-up-session',
  security,
  problems: refusals,
}

/** A session that is given a new credential, whatever it may do: asked at the primary. */
export const renewingSession: Access<SessionCaller> = {
  name: 'renewing-session',
  security,
  problems: refusals,
}

/** The session of a site admin, who changes the site or its users: asked at the primary. */
export const siteAdmin: Access<SessionCaller> = {
  name: 'site-admin',
  security,
  problems: [
    ...refusals,
    'not-authorized/two-factor-authentication-required',
    'not-authorized/site-admin-required',
    'not-authorized/read-only-session',
  ],
}

/** A session that is about to be ended: presented, and judged by the very statement that ends it. */
export const endingSession: Access<PresentedSession> = {
  name: 'ending-session',
  security,
  problems: refusals,
}

/** The password in the request itself: a log in. No key may come along. */
export const password: Access<undefined> = {
  name: 'password',
  security: [],
  problems: ['not-authorized/cannot-login-while-using-key'],
}
