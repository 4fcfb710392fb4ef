import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { text } from '../http/check-parameters.ts'
import { missingParameter, Problem } from '../http/problem.ts'
import { route } from '../http/route.ts'
import { newPasswordParameter } from '../passwords/new-password.ts'
import { password as passwordAccess } from '../sessions/access.ts'
import { issueToken } from '../sessions/issue-token.ts'
import { getsSessionString, VARIES_BY_CLIENT } from '../sessions/session-id-format.ts'
import { sessionObject, viewSession } from '../sessions/session-view.ts'
import { siteOrigin } from '../sites/site.ts'
import { BOOKMARK_HEADER, formatBookmark } from '../storage/bookmark.ts'
import type { Region } from '../storage/region.ts'
import { LONGEST_PARTIAL_SESSION } from '../two-factor/partial-session.ts'
import { byLoginToken, issueLoginToken, looksLikeLoginToken } from './methods/login-token.ts'
import type { LoginClient, Method } from './methods/method.ts'
import { byPartialSession } from './methods/partial-session.ts'
import { byPassword } from './methods/password.ts'
import { logIn } from './pipeline.ts'

/** Passwords are never truncated: longer ones are refused. */
const PASSWORD_LIMIT = 1024

const logInParameters = z.object({
  username: text(1024)
    .optional()
    .describe(
      'Username, or on the site’s own host also a verified email address or a login token. Required, unless an identity provider identifies the user',
    ),
  password: text(PASSWORD_LIMIT)
    .optional()
    .describe('Password. Required, unless the username is a login token'),
  change_password: newPasswordParameter
    .optional()
    .describe('A new password, after password-change-required'),
  change_password_confirmation: newPasswordParameter
    .optional()
    .describe('The same new password again'),
  otp: text(4096)
    .optional()
    .describe('A one-time code or security key response, if the user has 2FA'),
  partial_session_id: text(LONGEST_PARTIAL_SESSION).optional(),
  oauth_provider: text(64)
    .optional()
    .describe('The identity provider that the person logged in at: see POST /sessions/oauth'),
  oauth_code: text(4096).optional().describe('As the provider returned it'),
  oauth_state: text(4096).optional().describe('As the provider returned it'),
  oauth_iss: text(2048).optional().describe('`iss`, if the provider returned it'),
  interface: text(32).optional(),
  locale: text(35).optional(),
})

const loggedInObject = sessionObject.extend({
  oauth_state: z.string().optional().describe('The caller’s state from POST /sessions/oauth'),
})

const create = route(
  {
    endpoint: 'POST /sessions',
    summary: 'Create user session (log in)',
    access: passwordAccess,
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
  async ({ parameters, ctx, request, language }) => {
    const client = { request, device: null, language }
    const bySso = await loggedInBySso(ctx, client, parameters)
    const { live, region, sessionString } =
      bySso?.loggedIn ?? (await logIn(ctx, client, await methodOf(ctx, client, parameters)))
    const asString = getsSessionString(ctx.sessionIdFormat, request)
    return {
      status: 201,
      body: {
        ...viewSession(live, asString ? sessionString : live.session.id, ctx.clock()),
        ...(ctx.scope.kind === 'any' && {
          login_token: await issueLoginToken(ctx, live, region),
          login_token_domain: siteOrigin(live.site, ctx.globalOrigin),
        }),
        token: await issueToken(ctx, live, region),
        ...(bySso?.state !== undefined && { oauth_state: bySso.state }),
      },
      headers: { Vary: VARIES_BY_CLIENT, ...bookmarkOf(ctx, region) },
    }
  },
)

/** The bookmark with which the client reads the new session from any replica. */
function bookmarkOf(ctx: Ctx, region: Region): Record<string, string> {
  const bookmark = ctx.in(region).database.bookmark()
  return bookmark ? { [BOOKMARK_HEADER]: formatBookmark({ region, bookmark }) } : {}
}

/** Loads single sign-on only for calls that may use it. Null for other logins. */
async function loggedInBySso(
  ctx: Ctx,
  client: LoginClient,
  parameters: z.infer<typeof logInParameters>,
) {
  const { oauth_provider, oauth_code, oauth_state, partial_session_id } = parameters
  const about = [oauth_provider, oauth_code, oauth_state, partial_session_id]
  if (about.every((one) => one === undefined)) return null
  const { logInBySso } = await import('../sso/log-in-by-sso.ts')
  return logInBySso(ctx, parameters, client)
}

/** Returns the login method that the parameters belong to, other than single sign-on. */
async function methodOf(
  ctx: Ctx,
  client: LoginClient,
  parameters: z.infer<typeof logInParameters>,
): Promise<Method> {
  const { username, password = null, otp = null, partial_session_id: partialSession } = parameters
  const { change_password: chosen, change_password_confirmation: confirmation } = parameters
  if (username === undefined) throw missingParameter('username')
  if (/^@api-\d+$/.test(username))
    throw new Problem('not-authenticated/api-key-sessions-not-supported')
  if (looksLikeLoginToken(username)) return byLoginToken(ctx, client, username)
  const newPassword = chosen === undefined ? null : { password: chosen, confirmation }
  const named = { username, otp, newPassword }
  if (partialSession !== undefined)
    return byPartialSession(ctx, client, { ...named, password, partialSession })
  if (password === null) throw missingParameter('password')
  return byPassword(ctx, client, { ...named, password })
}

export const loginRoutes = [create]
