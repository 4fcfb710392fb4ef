import * as z from 'zod'
import { createApiKey, findApiKey, revokeApiKey } from '../api-keys/manage-api-keys.ts'
import type { Ctx } from '../context.ts'
import { clearableText, integer, nameText } from '../http/check-parameters.ts'
import { page, type RefusedForm, type Viewer } from '../http/page-route.ts'
import { needsLogIn, Problem } from '../http/problem.ts'
import { type Reply, seeOther } from '../http/route.ts'
import { accepts } from '../login/policy.ts'
import { messagesFor } from '../messages/messages.ts'
import { managingUser, type UserCaller } from '../sessions/access.ts'
import { endSession, endSessionsOf, listSessions } from '../sessions/manage-sessions.ts'
import { sessionCookie } from '../sessions/session-cookie.ts'
import { removeIdentity } from '../sso/manage-identities.ts'
import { AccountPage, type AccountPageProps, ChangedPage } from './account-page.tsx'
import { changeOwnPassword } from './change-own-password.ts'

/** The page shows no more than these. The API lists all. */
const MOST_SHOWN = 100

const secret = clearableText(1_024)
const door = {
  access: managingUser,
  returnTo: '/account',
  replies: {
    200: 'The page',
    303: 'Done: redirects to the account page. Or redirects to the login page',
    401: 'Never: users who are not logged in are redirected to the login page',
    403: 'The page with the reason for the refusal',
    422: 'The page with its errors',
    429: 'The page with when to try again',
  },
} as const
const form = {
  ...door,
  async refused(problem: Problem, { ctx, ...viewer }: RefusedForm<UserCaller>) {
    if (needsLogIn(problem)) throw problem
    // Revoking what is already revoked succeeds. The page that follows shows what remains.
    if (problem.status === 404) return
    return accountPage(ctx, viewer, { problem })
  },
} as const
const rowForm = { ...form, parameters: { id: integer() }, shown: ['id'] } as const

const show = page(
  {
    ...door,
    endpoint: 'GET /account',
    summary: 'The account page: sessions, keys, password, language',
    parameters: { key: z.enum(['made']).optional().describe('The result of the previous action') },
  },
  ({ parameters: { key }, ctx, ...viewer }) =>
    accountPage(ctx, viewer, { done: key && messagesFor(viewer.language).account.keyMadeBefore }),
)

const endOne = page(
  {
    ...rowForm,
    endpoint: 'POST /account/sessions/end',
    summary: 'The button to revoke a session',
  },
  async ({ parameters: { id }, ctx, ...viewer }) => {
    await endSession(ctx, viewer.actor, id)
  },
)

const endOthers = page(
  {
    ...form,
    endpoint: 'POST /account/sessions/end_others',
    summary: 'The button to revoke all other sessions',
  },
  async ({ ctx, ...viewer }) => {
    await endSessionsOf(ctx, viewer, viewer.caller.live.user.id)
  },
)

const makeKey = page(
  {
    ...form,
    endpoint: 'POST /account/keys',
    summary: 'The form to create an API key',
    parameters: {
      name: nameText(256),
      key_password: secret.optional().describe('The password, for users who have one'),
    },
    limit: 'log-in',
    repeated: ({ language }) => seeOther(`/account?key=made&locale=${language}`),
  },
  async ({ parameters: { name, key_password: password }, ctx, ...viewer }) => {
    const { caller, request, language } = viewer
    const hasPassword = accepts(caller.live.user, 'password')
    if (hasPassword && !password)
      throw new Problem('not-authorized/reauthentication-failed', { reason: 'no password' })
    const proved = hasPassword && password ? caller.proving({ password }) : caller
    const actor = { ...proved, request, language }
    const { text } = await createApiKey(ctx, actor, { ...NEW_KEY, name })
    return accountPage(ctx, viewer, { newKey: text })
  },
)

const revokeKey = page(
  {
    ...rowForm,
    endpoint: 'POST /account/keys/revoke',
    summary: 'The button to revoke a key',
  },
  async ({ parameters: { id }, ctx, ...viewer }) => {
    const key = await findApiKey(ctx, viewer.caller, id)
    await revokeApiKey(ctx, viewer.actor, key)
  },
)

const removeLink = page(
  {
    ...rowForm,
    endpoint: 'POST /account/identities/remove',
    summary: 'The button to remove a linked login',
  },
  async ({ parameters: { id }, ctx, ...viewer }) => {
    await removeIdentity(ctx, viewer.actor, id)
  },
)

const setPassword = page(
  {
    ...form,
    endpoint: 'POST /account/password',
    summary: 'The form to change the password',
    parameters: { present_password: secret, new_password: secret, new_password_again: secret },
    limit: 'log-in',
    repeated: () => ({ status: 200, body: <ChangedPage /> }),
  },
  async ({ parameters, ctx, ...viewer }) => {
    const { caller, request, language } = viewer
    const sessionString = await changeOwnPassword(ctx, caller, {
      present: parameters.present_password,
      password: parameters.new_password,
      confirmation: parameters.new_password_again,
      request,
      language,
    })
    const reply = await accountPage(ctx, viewer, { done: messagesFor(language).account.changed })
    return { ...reply, cookies: [sessionCookie(sessionString)] }
  },
)

const setLanguage = page(
  {
    ...form,
    endpoint: 'POST /account/language',
    summary: 'The form to choose a language',
    parameters: { language: z.enum(['en', 'de', 'es', 'fr']) },
  },
  async ({ parameters: { language }, ctx, caller }) => {
    await ctx.in(caller.region).users.setLanguage(caller.live.user.id, language)
    return seeOther('/account')
  },
)

/** What the form has no fields for. */
const NEW_KEY = {
  userId: null,
  permissionSet: 'full',
  path: null,
  workspaceId: 0,
  description: '',
  platform: null,
  expiresAt: null,
} as const

async function accountPage(
  ctx: Ctx,
  { caller }: Pick<Viewer<UserCaller>, 'caller'>,
  shown: Pick<AccountPageProps, 'newKey' | 'done' | 'problem'> = {},
): Promise<Reply> {
  const { id: userId, siteId } = caller.live.user
  const own = ctx.in(caller.region)
  const first = { after: 0, skip: 0, limit: MOST_SHOWN }
  const [identities, sessions, keys] = await Promise.all([
    own.identities.list({ userId, siteId }, first),
    listSessions(ctx, caller, { owner: { userId }, after: [], limit: MOST_SHOWN }),
    own.apiKeys.list({ userId, siteId, now: ctx.clock() }, first),
  ])
  const props = { caller, identities, sessions, keys, ...shown }
  return { status: 200, body: <AccountPage {...props} /> }
}

export const accountPages = [
  ...[show, endOne, endOthers, makeKey, revokeKey, removeLink, setPassword, setLanguage],
]
