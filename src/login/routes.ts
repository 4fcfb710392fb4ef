import * as z from 'zod'
import { Problem } from '../http/problem.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { route } from '../http/route.ts'
import { password as byPassword } from '../sessions/access.ts'
import { issueToken } from '../sessions/issue-token.ts'
import type { LoggedIn } from '../sessions/new-session.ts'
import { getsSessionString, type SessionIdFormat } from '../sessions/session-id-format.ts'
import type { SessionTokens } from '../sessions/session-token.ts'
import { sessionObject, viewSession } from '../sessions/session-view.ts'
import { type HostScope, siteOrigin } from '../sites/site.ts'
import { logInBySso, type SsoLogInNeeds } from '../sso/log-in-by-sso.ts'
import { BOOKMARK_HEADER, formatBookmark } from '../storage/bookmark.ts'
import type { Clock } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import { logInParameters } from './contract.ts'
import { type LogInNeeds, logIn } from './log-in.ts'
import { issueLoginToken, looksLikeLoginToken } from './login-token.ts'
import { type RedeemNeeds, redeemLoginToken } from './methods/redeem-login-token.ts'

interface Needs extends LogInNeeds, RedeemNeeds, SsoLogInNeeds {
  globalOrigin: URL
  databaseIn: (region: Region) => Pick<ReplicatedDatabase, 'bookmark'>
  clock: Clock
  scope: HostScope
  sessionIdFormat: SessionIdFormat
  tokens: SessionTokens
}

const loggedInObject = sessionObject.extend({
  oauth_state: z.string().optional().describe('The state that POST /sessions/oauth was given'),
})

const create = route<Needs>()(
  {
    method: 'POST',
    path: '/sessions',
    summary: 'Create user session (log in)',
    access: byPassword,
    parameters: logInParameters,
    limit: 'log-in',
    limitedName: ({ username = '' }) => username,
    replies: { 201: { description: 'The session', body: loggedInObject } },
    problems: [
      'not-authenticated/api-key-sessions-not-supported',
      'not-authenticated/invalid-username-or-password',
      'not-authenticated/invalid-oauth',
      'not-authenticated/invalid-session',
      'not-authenticated/locked-out',
      'not-authenticated/lockout-region-mismatch',
      'not-authenticated/one-time-password-incorrect',
      'not-authenticated/two-factor-authentication-error',
      'not-authorized/password-change-not-required',
      'not-authorized/password-change-required',
      'processing-failure/model-save-error',
      'site-configuration/no-account-for-site',
      'service-unavailable/identity-provider-unavailable',
      'service-unavailable/second-factor-unavailable',
      'service-unavailable/storage-unavailable',
    ],
  },
  async ({ parameters, services, request, language }) => {
    const bySso = await logInBySso(services, parameters, { request, language })
    const { live, region, sessionString } =
      bySso?.loggedIn ?? (await logInAsAsked(services, parameters, { request, language }))
    const asString = getsSessionString(services.sessionIdFormat, request.userAgent)
    const issued = { region, now: services.clock() }
    return {
      status: 201,
      body: {
        ...viewSession(live, asString ? sessionString : live.session.id, issued.now),
        ...(services.scope.kind === 'any' && {
          login_token: await issueLoginToken(services.sealer, live, issued),
          login_token_domain: siteOrigin(live.site, services.globalOrigin),
        }),
        token: await issueToken(services.tokens, live, issued),
        ...(bySso?.state !== undefined && { oauth_state: bySso.state }),
      },
      headers: { Vary: 'User-Agent', ...bookmarkOf(services, region) },
    }
  },
)

/** The session is there in the state that this names. */
function bookmarkOf({ databaseIn }: Needs, region: Region): Record<string, string> {
  const bookmark = databaseIn(region).bookmark()
  return bookmark ? { [BOOKMARK_HEADER]: formatBookmark({ region, bookmark }) } : {}
}

function logInAsAsked(
  services: Needs,
  parameters: z.infer<typeof logInParameters>,
  { request, language }: { request: RequestFacts; language: string },
): Promise<LoggedIn> {
  const { scope } = services
  const { username } = parameters
  if (username === undefined)
    throw new Problem('bad-request/request-params-required', { values: { name: 'username' } })
  const { password, otp, partial_session_id: partialSession } = parameters
  const { change_password, change_password_confirmation } = parameters
  if (/^@api-\d+$/.test(username))
    throw new Problem('not-authenticated/api-key-sessions-not-supported')
  if (looksLikeLoginToken(username))
    return redeemLoginToken(services, { text: username, scope, request })
  if (password === undefined && partialSession === undefined)
    throw new Problem('bad-request/request-params-required', { values: { name: 'password' } })
  const newPassword =
    change_password === undefined
      ? null
      : { password: change_password, confirmation: change_password_confirmation }
  return logIn(services, {
    ...{ username, password: password ?? null, otp: otp ?? null },
    ...{ partialSession: partialSession ?? null, newPassword },
    ...{ scope, device: null, language, request },
  })
}

export const loginRoutes = [create]
