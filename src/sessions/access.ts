import type { Actor } from '../access/actor.ts'
import type { LiveApiKey } from '../api-keys/api-key.ts'
import type { Access } from '../http/route.ts'
import type { Region } from '../storage/region.ts'
import type { PresentedSession } from './credential.ts'
import type { LiveSession } from './session.ts'

/** A session that was found good. */
export interface AdmittedSession {
  by: 'session'
  live: LiveSession
  presented: PresentedSession
  /** Where the user lives. */
  region: Region
}

/** An API key that was found good. */
export interface AdmittedApiKey {
  by: 'api-key'
  live: LiveApiKey
  region: Region
}

/** What a user gives to show that they still are the one who logged in. */
export type ReauthenticationProof = { password: string } | { code: string }

/** Who calls by a session. */
export type SessionCaller = AdmittedSession & Actor & Proving<SessionCaller>

/** Who calls by an API key. */
export type ApiKeyCaller = AdmittedApiKey & Actor & Proving<ApiKeyCaller>

interface Proving<Caller> {
  /** The same caller, with what was typed into a form: it is verified when something is authorized. A key has no use for it. */
  proving: (proof: ReauthenticationProof) => Caller
}

export type UserCaller = SessionCaller | ApiKeyCaller

const bySession = [{ sessionString: [] }, { sessionToken: [] }]
const byKey = [{ apiKey: [] }]
const refusals = [
  'not-authenticated/authentication-required',
  'not-authenticated/invalid-credentials',
  'not-authenticated/lockout-region-mismatch',
  'service-unavailable/storage-unavailable',
] as const
const managing = [
  ...refusals,
  'not-authorized/api-key-only-for-desktop-app',
  'not-authorized/insufficient-permission-for-params',
  'not-authorized/password-change-required',
  'not-authorized/two-factor-authentication-required',
] as const

/**
 * A user by whatever stands for it: whichever key, or a session, also one that must set up a second factor
 * first.
 */
export const anyUser: Access<UserCaller> = {
  name: 'any-user',
  security: [...bySession, ...byKey],
  problems: refusals,
}

/** A user that may look at its keys and sessions: no key of a desktop app does. */
export const managingUser: Access<UserCaller> = {
  name: 'managing-user',
  security: [...bySession, ...byKey],
  problems: [...managing, 'not-authorized/read-only-session'],
}

/**
 * What a route may answer whose use case changes who can get in, besides what it answers else: it asks for recent
 * authentication, which `X-Files-Reauthentication: password:…` or `code:…` gives, or is not for an API key.
 */
export const accessChangeProblems = [
  'not-authorized/insufficient-permission-for-params',
  'not-authorized/reauthentication-failed',
  'not-authorized/reauthentication-needed-action',
  'rate-limited/reauthentication-rate-limited',
  'service-unavailable/second-factor-unavailable',
] as const

/** A user that looks at its second factors: by a session, also one that must set one up first. */
export const factorUser: Access<SessionCaller> = {
  name: 'factor-user',
  security: bySession,
  problems: [
    ...refusals,
    'not-authorized/password-change-required',
    'not-authorized/read-only-session',
    'not-authorized/self-managed-required',
  ],
}

/** A site admin, who changes the site or its users: asked at the primary. */
export const siteAdmin: Access<UserCaller> = {
  name: 'site-admin',
  security: [...bySession, ...byKey],
  problems: [...managing, 'not-authorized/site-admin-required', 'not-authorized/read-only-session'],
}

/**
 * The same, before a page with a form that needs recent authentication: asked for before the form is filled in, not
 * after. The use case behind the form asks for itself.
 */
export const reauthenticatedSiteAdmin: Access<UserCaller> = {
  name: 'reauthenticated-site-admin',
  security: [...bySession, ...byKey],
  problems: [...siteAdmin.problems, ...accessChangeProblems],
}

/** An API key, about itself. */
export const apiKeyItself: Access<ApiKeyCaller> = {
  name: 'api-key',
  security: byKey,
  problems: [
    ...refusals,
    'not-authorized/must-authenticate-with-api-key',
    'not-authorized/read-only-session',
  ],
}

/** A session that is given a new credential, whatever it may do: asked at the primary. */
export const renewingSession: Access<SessionCaller> = {
  name: 'renewing-session',
  security: bySession,
  problems: refusals,
}

/** A session that is about to be ended: presented, and judged by the very statement that ends it. */
export const endingSession: Access<PresentedSession> = {
  name: 'ending-session',
  security: bySession,
  problems: refusals,
}

/** The password in the request itself: a login. No key may come along. */
export const password: Access<undefined> = {
  name: 'password',
  security: [],
  problems: ['not-authorized/cannot-login-while-using-key'],
}
