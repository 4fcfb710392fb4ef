import * as z from 'zod'
import { clearableText, integer, text } from '../platform/check-parameters.ts'
import type { Language } from '../platform/languages.ts'
import { nextIdPage, readIdPage } from '../platform/pages-of-ids.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import { type Reply, route } from '../platform/route.ts'
import { type FactorNeeds, resetFactors } from '../second-factor-management/manage-factors.ts'
import { reauthenticatedSiteAdmin, type UserCaller } from '../sessions/access.ts'
import { endSessionsOf, type ManageSessionsNeeds } from '../sessions/manage-sessions.ts'
import { changeSiteUser } from '../user-management/change-site-user.ts'
import { createSiteUser } from '../user-management/create-site-user.ts'
import {
  findSiteUser,
  type ManageUsersNeeds,
  type UserActing,
  unlockSiteUser,
} from '../user-management/manage-users.ts'
import { readUserSettings } from '../user-management/user-settings.ts'
import type { User } from '../users/account.ts'
import { adminTextsIn } from './page-texts.ts'
import { UsersPage, type UsersPageProps } from './users-page.tsx'

type Needs = ManageUsersNeeds & FactorNeeds & ManageSessionsNeeds

const SHOWN = 50

const locale = text(35).optional()
const search = clearableText(254).optional()
const page = {
  base: false,
  mediaType: 'text/html',
  access: reauthenticatedSiteAdmin,
  returnTo: '/admin/users',
  problems: [],
} as const
const replies = {
  200: { description: 'The page', body: z.string() },
  303: { description: 'To the log in page' },
  403: { description: 'Not for who is no site admin', body: z.string() },
  422: { description: 'The page, and what is wrong', body: z.string() },
}

interface Viewer {
  caller: UserCaller
  language: Language
  request: RequestFacts
}

const show = route<Needs>()(
  {
    ...page,
    method: 'GET',
    path: '/admin/users',
    summary: 'The page of the users of a site, for its admins',
    parameters: z.object({ search, cursor: clearableText(16).optional(), locale }),
    replies,
  },
  ({ parameters, services, caller, language, request }) =>
    usersPage(services, { caller, language, request }, parameters),
)

const create = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/admin/users',
    summary: 'Its form that creates a user, and invites it by mail',
    parameters: z.object({
      username: text(256),
      email: text(254),
      site_admin: z.boolean().optional(),
      locale,
    }),
    replies,
  },
  async ({ parameters, services, caller, language, request }) => {
    const viewer = { caller, language, request }
    const { username, email, site_admin } = parameters
    try {
      const settings = readUserSettings({ email, site_admin }, null)
      const acting = actingOf(viewer)
      const user = await createSiteUser(services, acting, { username, settings, given: {} })
      const done = adminTextsIn(language).created
      return usersPage(services, viewer, { search: user.username }, { done })
    } catch (problem) {
      return told(services, viewer, { problem, sent: parameters })
    }
  },
)

/** What an admin does to one user, by the last part of the address. */
const acts: Record<string, (needs: Needs, viewer: Viewer, user: User) => Promise<unknown>> = {
  disable: (needs, viewer, user) => set(needs, viewer, user, { disabled: true }),
  enable: (needs, viewer, user) => set(needs, viewer, user, { disabled: false }),
  unlock: (needs, viewer, user) => unlockSiteUser(needs, actingOf(viewer), user),
  reset_factors: (needs, viewer, user) => {
    const { live } = viewer.caller
    // Its own it removes one by one, by a code: a stolen session must not do without.
    if (user.id === live.user.id)
      throw new Problem('not-authorized/insufficient-permission-for-params')
    const acting = { ...actingOf(viewer), live: { user, site: live.site } }
    return resetFactors(needs, acting, `user:${live.user.id}`)
  },
  end_sessions: (needs, viewer, user) => endSessionsOf(needs, viewer, user.id),
}

const actRoutes = Object.entries(acts).map(([name, act]) =>
  route<Needs>()(
    {
      ...page,
      method: 'POST',
      path: `/admin/users/${name}`,
      summary: `Its button to ${name.replace('_', ' ')}`,
      parameters: z.object({ id: integer(), search, locale }),
      replies,
    },
    async ({ parameters, services, caller, language, request }) => {
      const viewer = { caller, language, request }
      try {
        const user = await findSiteUser(services, caller, parameters.id)
        await act(services, viewer, user)
        const done = `${adminTextsIn(language).userDone}: ${user.username}`
        return usersPage(services, viewer, parameters, { done })
      } catch (problem) {
        return told(services, viewer, { problem, search: parameters.search })
      }
    },
  ),
)

function set(needs: Needs, viewer: Viewer, user: User, settings: { disabled: boolean }) {
  return changeSiteUser(needs, actingOf(viewer), { user, settings, given: {} })
}

function actingOf({ caller: { live, region }, language, request }: Viewer): UserActing {
  // These pages have asked already.
  return { live, region, language, request, proveAgain: async () => undefined }
}

/** The page, and why something was not done. */
async function told(
  needs: Needs,
  viewer: Viewer,
  { problem, search, sent }: { problem: unknown; search?: string | undefined; sent?: object },
): Promise<Reply> {
  if (!(problem instanceof Problem) || problem.status >= 500) throw problem
  const reply = await usersPage(needs, viewer, { search }, { problem, ...(sent && { sent }) })
  return { ...reply, status: 422 }
}

async function usersPage(
  { userLedgerIn }: Needs,
  { caller, language }: Viewer,
  { search = '', cursor }: { search?: string | undefined; cursor?: string | undefined },
  shown: Pick<UsersPageProps, 'done' | 'problem' | 'sent'> = {},
): Promise<Reply> {
  const { live, region } = caller
  const asked = readIdPage({ per_page: SHOWN, cursor: cursor || undefined })
  const filter = { siteId: live.site.id, search: search || undefined }
  const users = await userLedgerIn(region).list(filter, asked)
  const next = nextIdPage(users, asked)['X-Files-Cursor'] ?? null
  const { timeZone } = live.user
  const view = <UsersPage {...{ language, users, search, next, timeZone, ...shown }} />
  return { status: 200, body: view }
}

export const adminUserPages = [show, create, ...actRoutes]
