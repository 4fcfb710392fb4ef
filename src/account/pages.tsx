import * as z from 'zod'
import { createApiKey, findApiKey, revokeApiKey } from '../api-keys/manage-api-keys.ts'
import type { Ctx } from '../context.ts'
import { clearableText, integer, nameText, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import { needsLogIn, Problem } from '../http/problem.ts'
import { type Reply, route } from '../http/route.ts'
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

const locale = text(35).optional()
const secret = clearableText(1_024)
const page = {
  base: false,
  mediaType: 'text/html',
  access: managingUser,
  returnTo: '/account',
  problems: [],
} as const
const replies = {
  200: { description: 'The page', body: z.string() },
  303: { description: 'Done, and on to the account page; or to the log in page' },
  401: { description: 'Never: whoever is not logged in is sent to log in', body: z.string() },
  403: { description: 'The page, and why it was not done', body: z.string() },
  422: { description: 'The page, and what is wrong', body: z.string() },
  429: { description: 'The page, and when to try again', body: z.string() },
}

const show = route(
  {
    ...page,
    method: 'GET',
    path: '/account',
    summary: 'The page of the user: sessions, keys, password, language',
    parameters: z.object({
      key: z.enum(['made']).optional().describe('By the click before this one'),
      locale,
    }),
    replies,
  },
  ({ parameters: { key }, ctx, caller, language }) => {
    const done = key && messagesFor(language).account.keyMadeBefore
    return accountPage(ctx, { caller, language }, done ? { done } : {})
  },
)

const endOne = route(
  {
    ...page,
    method: 'POST',
    path: '/account/sessions/end',
    summary: 'Its button that ends a session',
    parameters: z.object({ id: integer(), locale }),
    shown: ['id'],
    replies,
  },
  ({ parameters: { id }, ctx, caller, request, language }) =>
    doing(ctx, { caller, language }, async () => {
      // Revoking a session that is already revoked succeeds. The page that follows shows the remaining ones.
      await endSession(ctx, { ...caller, request }, id).catch(unlessNotFound)
      return {}
    }),
)

const endOthers = route(
  {
    ...page,
    method: 'POST',
    path: '/account/sessions/end_others',
    summary: 'Its button that ends all other sessions',
    parameters: z.object({ locale }),
    replies,
  },
  ({ ctx, caller, request, language }) =>
    doing(ctx, { caller, language }, async () => {
      await endSessionsOf(ctx, { caller, request }, caller.live.user.id)
      return {}
    }),
)

const makeKey = route(
  {
    ...page,
    method: 'POST',
    path: '/account/keys',
    summary: 'Its form to make an API key',
    parameters: z.object({
      name: nameText(256),
      key_password: secret.optional().describe('Of who has one'),
      locale,
    }),
    limit: 'log-in',
    replies,
    repeated: ({ language }) => ({
      status: 303,
      headers: { Location: `/account?key=made&locale=${language}` },
    }),
  },
  ({ parameters: { name, key_password: password }, ctx, caller, request, language }) =>
    doing(ctx, { caller, language }, async () => {
      const isAsked = accepts(caller.live.user, 'password')
      if (isAsked && !password)
        throw new Problem('not-authorized/reauthentication-failed', { reason: 'no password' })
      const actor = isAsked && password ? caller.proving({ password }) : caller
      const asked = { ...NEW_KEY, name }
      const { text } = await createApiKey(ctx, { ...actor, request }, asked)
      return { newKey: text }
    }),
)

const revokeKey = route(
  {
    ...page,
    method: 'POST',
    path: '/account/keys/revoke',
    summary: 'Its button that revokes a key',
    parameters: z.object({ id: integer(), locale }),
    shown: ['id'],
    replies,
  },
  ({ parameters: { id }, ctx, caller, request, language }) =>
    doing(ctx, { caller, language }, async () => {
      await findApiKey(ctx, caller, id)
        .then((key) => revokeApiKey(ctx, { ...caller, request }, key))
        .catch(unlessNotFound)
      return {}
    }),
)

const removeLink = route(
  {
    ...page,
    method: 'POST',
    path: '/account/identities/remove',
    summary: 'Its button that takes a link to an identity provider back',
    parameters: z.object({ id: integer(), locale }),
    shown: ['id'],
    replies,
  },
  ({ parameters: { id }, ctx, caller, request, language }) =>
    doing(ctx, { caller, language }, async () => {
      await removeIdentity(ctx, { ...caller, request, language }, id).catch(unlessNotFound)
      return {}
    }),
)

const setPassword = route(
  {
    ...page,
    method: 'POST',
    path: '/account/password',
    summary: 'Its form to change the password',
    parameters: z.object({
      present_password: secret,
      new_password: secret,
      new_password_again: secret,
      locale,
    }),
    limit: 'log-in',
    replies,
    repeated: () => ({ status: 200, body: <ChangedPage /> }),
  },
  ({ parameters, ctx, caller, request, language }) =>
    doing(ctx, { caller, language }, async () => {
      const sessionString = await changeOwnPassword(ctx, caller, {
        present: parameters.present_password,
        password: parameters.new_password,
        confirmation: parameters.new_password_again,
        request,
        language,
      })
      const cookies = [sessionCookie(sessionString)]
      return { done: messagesFor(language).account.changed, cookies }
    }),
)

const setLanguage = route(
  {
    ...page,
    method: 'POST',
    path: '/account/language',
    summary: 'Its form to choose a language',
    parameters: z.object({ language: z.enum(['en', 'de', 'es', 'fr']), locale }),
    replies,
  },
  async ({ parameters: { language }, ctx, caller }) => {
    await ctx.in(caller.region).users.setLanguage(caller.live.user.id, language)
    return { status: 303, headers: { Location: '/account' } }
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

interface Done {
  newKey?: string
  done?: string
  cookies?: string[]
}

interface Viewer {
  caller: UserCaller
  language: Language
}

/** Runs a form's action and redirects if there is nothing to show, so that a reload does not repeat it. */
async function doing(ctx: Ctx, viewer: Viewer, work: () => Promise<Done>): Promise<Reply> {
  try {
    const { cookies = [], ...shown } = await work()
    if (Object.keys(shown).length === 0)
      return { status: 303, headers: { Location: `/account?locale=${viewer.language}` } }
    const reply = await accountPage(ctx, viewer, shown)
    return { ...reply, cookies }
  } catch (problem) {
    const isTold = problem instanceof Problem && [401, 403, 422, 429].includes(problem.status)
    if (!isTold || needsLogIn(problem)) throw problem
    const reply = await accountPage(ctx, viewer, { problem })
    return { ...reply, status: problem.status as 403 | 422 | 429 }
  }
}

async function accountPage(
  ctx: Ctx,
  { caller }: Viewer,
  shown: Pick<AccountPageProps, 'newKey' | 'done' | 'problem'> = {},
): Promise<Reply> {
  const { id: userId, siteId } = caller.live.user
  const [identities, sessions, keys] = await Promise.all([
    ctx
      .in(caller.region)
      .identities.list({ userId, siteId }, { after: 0, skip: 0, limit: MOST_SHOWN }),
    listSessions(ctx, caller, { of: { userId }, after: [], limit: MOST_SHOWN }),
    ctx
      .in(caller.region)
      .apiKeys.list({ userId, siteId }, { after: 0, skip: 0, limit: MOST_SHOWN }),
  ])
  const view = (
    <AccountPage
      caller={caller}
      identities={identities}
      sessions={sessions}
      keys={keys}
      {...shown}
    />
  )
  return { status: 200, body: view }
}

function unlessNotFound(error: unknown): void {
  if (!(error instanceof Problem) || error.status !== 404) throw error
}

export const accountPages = [
  show,
  endOne,
  endOthers,
  makeKey,
  revokeKey,
  removeLink,
  setPassword,
  setLanguage,
]
