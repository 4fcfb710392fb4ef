import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { isolated } from '../http/bidi.ts'
import { clearableText, integer, text } from '../http/check-parameters.ts'
import { page, type Viewer } from '../http/page-route.ts'
import { Problem } from '../http/problem.ts'
import type { Reply } from '../http/route.ts'
import { fill } from '../messages/messages.ts'
import { reauthenticatedSiteAdmin, siteAdmin, type UserCaller } from '../sessions/access.ts'
import { endSessionsOf, listSessions } from '../sessions/manage-sessions.ts'
import { MOST_STRATEGIES } from '../sso/strategy-store.ts'
import { pageOfIds } from '../storage/list-pages.ts'
import { resetFactorsOf } from '../two-factor/manage-factors.ts'
import { adminMessagesFor } from '../ui/admin/messages.ts'
import { namesIn } from '../ui/admin/names.ts'
import {
  fieldParameters,
  refusedForm,
  sentValues,
  shownProblem,
} from '../ui/admin/settings-form.tsx'
import { standingsOf } from '../ui/admin/standing.ts'
import type { User } from './account.ts'
import { changeSiteUser } from './change-site-user.ts'
import {
  createSiteUser,
  deleteSiteUser,
  findSiteUser,
  unlockSiteUser,
  welcomeSiteUser,
} from './manage-users.ts'
import { type FieldValues, offeredSettings, readUserForm, valuesOf } from './user-fields.ts'
import { UserPage, type UserPageProps } from './user-page.tsx'
import { readUserSettings } from './user-settings.ts'
import { type UserFilters, UsersPage, type UsersPageProps } from './users-page.tsx'

const USERS_SHOWN = 50
const SESSIONS_SHOWN = 20
const CHANGES_SHOWN = 10

const ticked = z.enum(['true']).optional()

const listFilter = {
  search: clearableText(254).optional(),
  admins: ticked,
  disabled: ticked,
  sso: ticked,
}

const door = {
  access: siteAdmin,
  returnTo: '/admin/users',
  replies: {
    200: 'The page',
    303: 'Redirects to the login page',
    403: 'The user is not a site admin',
    422: 'The page with its errors',
  },
} as const

const list = page(
  {
    ...door,
    endpoint: 'GET /admin/users',
    access: reauthenticatedSiteAdmin,
    summary: 'The page of users, for site admins',
    parameters: { ...listFilter, cursor: clearableText(16).optional() },
    returnTo: 'here',
  },
  ({ parameters: { cursor, locale: _, ...filters }, ctx, ...viewer }) =>
    usersPage(ctx, viewer, { filters, cursor }),
)

const create = page(
  {
    ...door,
    endpoint: 'POST /admin/users',
    summary: 'The form to create a user and invite them by email',
    parameters: { username: text(256), email: text(254), site_admin: z.boolean().optional() },
  },
  async ({ parameters, ctx, ...viewer }) => {
    const { caller, language } = viewer
    const { username, email, site_admin } = parameters
    try {
      const settings = readUserSettings({ email, site_admin }, null)
      await ctx.in(caller.region).forms.takeNow()
      const user = await createSiteUser(ctx, viewer.actor, { username, settings, given: {} })
      const done = adminMessagesFor(language).pages.created
      return usersPage(ctx, viewer, { filters: { search: user.username }, done })
    } catch (error) {
      const problem = shownProblem(error)
      const reply = await usersPage(ctx, viewer, { problem, sent: parameters })
      return { ...reply, status: 422 }
    }
  },
)

interface ShownUsers extends Pick<UsersPageProps, 'done' | 'problem' | 'sent'> {
  filters?: UserFilters
  cursor?: string | undefined
}

async function usersPage(
  ctx: Ctx,
  { caller }: Viewer<UserCaller>,
  { filters = {}, cursor, ...shown }: ShownUsers,
): Promise<Reply> {
  const { live, region } = caller
  const filter = {
    siteId: live.site.id,
    search: filters.search || undefined,
    siteAdmin: filters.admins && true,
    disabled: filters.disabled && true,
    authenticationMethod: filters.sso && ('sso' as const),
  }
  const ledger = ctx.in(region).userChanges
  const { rows: users, next } = await pageOfIds(
    { per_page: USERS_SHOWN, cursor: cursor || undefined },
    (page) => ledger.list(filter, page),
    ({ id }) => id,
  )
  const standingOf = await standingsOf(ctx, caller, users)
  const props = { users, standingOf, filters, next, viewer: live.user, ...shown }
  return { status: 200, body: <UsersPage {...props} /> }
}

const userDoor = { ...door, problems: ['not-found/user-not-found'] } as const

const show = page(
  {
    ...userDoor,
    endpoint: 'GET /admin/users/:id',
    access: reauthenticatedSiteAdmin,
    summary: 'The page of a user, for site admins',
    parameters: { id: integer() },
    returnTo: 'here',
  },
  async ({ parameters: { id }, ctx, ...viewer }) =>
    userPage(ctx, viewer, await findSiteUser(ctx, viewer.caller, id)),
)

const save = page(
  {
    ...userDoor,
    endpoint: 'POST /admin/users/:id',
    summary: 'The form of a user’s settings. Boxes that are not ticked are not sent and mean no',
    parameters: { id: integer(), ...fieldParameters(offeredSettings) },
    returnTo: 'here',
  },
  async ({ parameters: { id, ...sent }, ctx, ...viewer }) => {
    const { caller, language } = viewer
    const user = await findSiteUser(ctx, caller, id)
    const values = sentValues(offeredSettings, sent)
    try {
      const settings = readUserForm(values, user, caller.live.user.timeZone)
      const filters = { user, settings, given: {} }
      const changed = await changeSiteUser(ctx, viewer.actor, filters)
      const { saved } = adminMessagesFor(language).user
      return userPage(ctx, viewer, changed, { done: saved })
    } catch (error) {
      const shown = refusedForm(error, values, adminMessagesFor(language).userSettings)
      return { ...(await userPage(ctx, viewer, user, shown)), status: 422 }
    }
  },
)

/** The actions on one user, by the last part of the path. */
const acts: Record<string, (ctx: Ctx, viewer: Viewer<UserCaller>, user: User) => Promise<unknown>> =
  {
    disable: (ctx, viewer, user) => setDisabled(ctx, viewer, { user, disabled: true }),
    enable: (ctx, viewer, user) => setDisabled(ctx, viewer, { user, disabled: false }),
    unlock: (ctx, viewer, user) => unlockSiteUser(ctx, viewer.actor, user),
    welcome: (ctx, viewer, user) => welcomeSiteUser(ctx, viewer.actor, user),
    reset_factors: (ctx, viewer, user) => resetFactorsOf(ctx, viewer.actor, user),
    end_sessions: (ctx, viewer, user) => endSessionsOf(ctx, viewer, user.id),
  }

function setDisabled(
  ctx: Ctx,
  viewer: Viewer<UserCaller>,
  { user, disabled }: { user: User; disabled: boolean },
) {
  return changeSiteUser(ctx, viewer.actor, { user, settings: { disabled }, given: {} })
}

const actRoutes = Object.entries(acts).map(([name, act]) =>
  page(
    {
      ...userDoor,
      endpoint: `POST /admin/users/:id/${name}`,
      summary: `The action ${name}, on that page and in the list`,
      parameters: {
        id: integer(),
        list: z.boolean().optional().describe('Whether the list sent it, which is then the reply'),
        ...listFilter,
      },
      shown: ['list', 'search', 'admins', 'disabled', 'sso'],
    },
    async ({ parameters, ctx, ...viewer }) => {
      const { id, list = false, locale: _, ...filters } = parameters
      const { caller, language } = viewer
      const user = await findSiteUser(ctx, caller, id)
      const answer = async (result: { done: string } | { problem: Problem }) =>
        list
          ? usersPage(ctx, viewer, { filters, ...result })
          : userPage(ctx, viewer, await findAnew(ctx, viewer, user), result)
      try {
        await ctx.in(caller.region).forms.takeNow()
        await act(ctx, viewer, user)
        return answer({
          done: `${adminMessagesFor(language).pages.userDone}: ${isolated(user.username)}`,
        })
      } catch (error) {
        return { ...(await answer({ problem: shownProblem(error) })), status: 422 }
      }
    },
  ),
)

/** Reads the user again after an action, because the caller's copy is from before it. */
async function findAnew(
  ctx: Ctx,
  { caller: { live, region } }: Viewer<UserCaller>,
  { id }: User,
): Promise<User> {
  const found = await ctx.in(region).userChanges.find(id, live.site.id)
  if (!found) throw new Problem('not-found/user-not-found')
  return found
}

const remove = page(
  {
    ...userDoor,
    endpoint: 'POST /admin/users/:id/delete',
    summary: 'The form to delete a user. Its box must be ticked',
    parameters: { id: integer(), confirmed: z.boolean() },
  },
  async ({ parameters: { id, confirmed }, ctx, ...viewer }) => {
    const { caller, language } = viewer
    const user = await findSiteUser(ctx, caller, id)
    if (!confirmed) return userPage(ctx, viewer, user)
    try {
      await deleteSiteUser(ctx, viewer.actor, user)
      const done = fill(adminMessagesFor(language).user.deleted, { name: user.username })
      return usersPage(ctx, viewer, { done })
    } catch (error) {
      const reply = await userPage(ctx, viewer, user, { problem: shownProblem(error) })
      return { ...reply, status: 422 }
    }
  },
)

async function userPage(
  ctx: Ctx,
  { caller }: Viewer<UserCaller>,
  user: User,
  shown: Partial<Pick<UserPageProps, 'done' | 'problem' | 'wrong'>> & { values?: FieldValues } = {},
): Promise<Reply> {
  const { live, region } = caller
  const { id: siteId } = live.site
  const owner = { userId: user.id }
  const all = { after: 0, skip: 0, limit: MOST_STRATEGIES }
  const changes = { siteId, userId: user.id }
  const [standingOf, identities, sessions, strategies, events] = await Promise.all([
    standingsOf(ctx, caller, [user]),
    ctx.in(region).identities.list({ userId: user.id, siteId }, all),
    listSessions(ctx, caller, { owner, after: [], limit: SESSIONS_SHOWN }),
    ctx.in(region).strategies.list(siteId, all),
    ctx.in(region).credentialEvents.list(changes, null, CHANGES_SHOWN),
  ])
  const names = await namesIn(ctx, caller, { events })
  const props = {
    caller,
    user,
    identities,
    sessions,
    strategies,
    events,
    names,
    standing: standingOf(user),
    hasMoreSessions: sessions.length === SESSIONS_SHOWN,
    values: valuesOf(user, live.user.timeZone),
    wrong: [],
    ...shown,
  }
  return { status: 200, body: <UserPage {...props} /> }
}

export const adminUserPages = [list, create, show, save, ...actRoutes, remove]
