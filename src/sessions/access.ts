import type { Actor } from '../access/actor.ts'
import type { LiveApiKey } from '../api-keys/api-key.ts'
import type { Access } from '../http/route.ts'
import type { Region } from '../storage/region.ts'
import type { PresentedSession } from './credential.ts'
import type { LiveSession } from './session.ts'

/** A session that may be used. */
export interface AdmittedSession {
  by: 'session'
  live: LiveSession
  presented: PresentedSession
  /** Where the user lives. */
  region: Region
}

/** An API key that may be used. */
export interface AdmittedApiKey {
  by: 'api-key'
  live: LiveApiKey
  region: Region
}

/** What users send to reauthenticate. */
export type ReauthenticationProof = { password: string } | { code: string }

export type SessionCaller = AdmittedSession & Actor & Proving<SessionCaller>

export type ApiKeyCaller = AdmittedApiKey & Actor & Proving<ApiKeyCaller>

interface Proving<Caller> {
  /** The same caller with what was typed into a form. It is verified when something is authorized. Keys ignore it. */
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

/** A user with any credential: every API key, or a session, even one that must set up 2FA first. */
export const anyUser: Access<UserCaller> = {
  name: 'any-user',
  security: [...bySession, ...byKey],
  problems: refusals,
}

/** A user who may see their keys and sessions. Keys of desktop apps may not. */
export const managingUser: Access<UserCaller> = {
  name: 'managing-user',
  security: [...bySession, ...byKey],
  problems: [...managing, 'not-authorized/read-only-session'],
}

/**
 * The problems of routes that change access, besides their own: they require recent authentication, which
 * `X-Files-Reauthentication: password:…` or `code:…` provides, or they are forbidden for an API key.
 */
export const accessChangeProblems = [
  'not-authorized/insufficient-permission-for-params',
  'not-authorized/reauthentication-failed',
  'not-authorized/reauthentication-needed-action',
  'rate-limited/reauthentication-rate-limited',
  'service-unavailable/second-factor-unavailable',
] as const

/** The same for routes that save the change, which may be wrong in itself. */
export const accessSaveProblems = [
  ...accessChangeProblems,
  'processing-failure/model-save-error',
] as const

/** A user who manages their 2FA methods, by a session, even one that must set up 2FA first. */
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

/** A site admin who changes the site or its users, read at the primary. */
export const siteAdmin: Access<UserCaller> = {
  name: 'site-admin',
  security: [...bySession, ...byKey],
  problems: [...managing, 'not-authorized/site-admin-required', 'not-authorized/read-only-session'],
}

/**
 * The same for a page with a form that requires recent authentication, so that users reauthenticate before they fill
 * in the form. The use case behind the form checks it again.
 */
export const reauthenticatedSiteAdmin: Access<UserCaller> = {
  name: 'reauthenticated-site-admin',
  security: [...bySession, ...byKey],
  problems: [...siteAdmin.problems, ...accessChangeProblems],
}

/** An API key that manages itself. */
export const apiKeyItself: Access<ApiKeyCaller> = {
  name: 'api-key',
  security: byKey,
  problems: [
    ...refusals,
    'not-authorized/must-authenticate-with-api-key',
    'not-authorized/read-only-session',
  ],
}

/** A session that gets a new credential, whatever its limits, read at the primary. */
export const renewingSession: Access<SessionCaller> = {
  name: 'renewing-session',
  security: bySession,
  problems: refusals,
}

/** A session that is about to be revoked. The statement that revokes it also checks it. */
export const endingSession: Access<PresentedSession> = {
  name: 'ending-session',
  security: bySession,
  problems: refusals,
}

/** A login, with the password in the request itself. An API key must not be sent with it. */
export const password: Access<undefined> = {
  name: 'password',
  security: [],
  problems: ['not-authorized/cannot-login-while-using-key'],
}
