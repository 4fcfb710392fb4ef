import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import { type Reply, route } from '../http/route.ts'
import { reauthenticatedSiteAdmin, siteAdmin, type UserCaller } from '../sessions/access.ts'
import { nextIdPage, readIdPage } from '../storage/pages-of-ids.ts'
import { adminTextsIn } from '../ui/admin/page-texts.ts'
import { standingsOf } from '../ui/admin/standing.ts'
import { toldProblem } from '../ui/admin/told-problem.ts'
import { createSiteUser } from './create-site-user.ts'
import type { UserActing } from './manage-users.ts'
import { readUserSettings } from './user-settings.ts'
import { type AskedUsers, UsersPage, type UsersPageProps } from './users-page.tsx'

const SHOWN = 50

const ticked = z.enum(['true']).optional()

/** Which users the list shows. */
export const listFilter = {
  search: clearableText(254).optional(),
  admins: ticked,
  disabled: ticked,
  sso: ticked,
}

export const locale = text(35).optional()

export const userPages = {
  base: false,
  mediaType: 'text/html',
  access: siteAdmin,
  returnTo: '/admin/users',
  problems: [],
} as const
export const userPageReplies = {
  200: { description: 'The page', body: z.string() },
  303: { description: 'To the log in page' },
  403: { description: 'Not for who is no site admin', body: z.string() },
  422: { description: 'The page, and what is wrong', body: z.string() },
}

/** Who looks, and by which request. */
export interface Viewer {
  caller: UserCaller
  language: Language
  request: RequestFacts
}

const show = route(
  {
    ...userPages,
    method: 'GET',
    access: reauthenticatedSiteAdmin,
    path: '/admin/users',
    summary: 'The page of the users of a site, for its admins',
    parameters: z.object({ ...listFilter, cursor: clearableText(16).optional(), locale }),
    returnTo: 'here',
    replies: userPageReplies,
  },
  ({ parameters, ctx, caller, language, request }) => {
    const { cursor, locale: _, ...asked } = parameters
    return usersPage(ctx, { caller, language, request }, { asked, cursor })
  },
)

const create = route(
  {
    ...userPages,
    method: 'POST',
    path: '/admin/users',
    summary: 'Its form that creates a user, and invites it by mail',
    parameters: z.object({
      username: text(256),
      email: text(254),
      site_admin: z.boolean().optional(),
      locale,
    }),
    replies: userPageReplies,
  },
  async ({ parameters, ctx, caller, language, request }) => {
    const viewer = { caller, language, request }
    const { username, email, site_admin } = parameters
    try {
      const settings = readUserSettings({ email, site_admin }, null)
      const acting = actingOf(viewer)
      const user = await createSiteUser(ctx, acting, { username, settings, given: {} })
      const done = adminTextsIn(language).created
      return usersPage(ctx, viewer, { asked: { search: user.username }, done })
    } catch (error) {
      const problem = toldProblem(error)
      const reply = await usersPage(ctx, viewer, { problem, sent: parameters })
      return { ...reply, status: 422 }
    }
  },
)

export function actingOf({ caller, language, request }: Viewer): UserActing {
  return { ...caller, language, request }
}

export async function usersPage(
  ctx: Ctx,
  { caller, language }: Viewer,
  {
    asked = {},
    cursor,
    ...shown
  }: { asked?: AskedUsers; cursor?: string | undefined } & Pick<
    UsersPageProps,
    'done' | 'problem' | 'sent'
  >,
): Promise<Reply> {
  const { live, region } = caller
  const page = readIdPage({ per_page: SHOWN, cursor: cursor || undefined })
  const filter = {
    siteId: live.site.id,
    search: asked.search || undefined,
    siteAdmin: asked.admins && true,
    disabled: asked.disabled && true,
    authenticationMethod: asked.sso && ('sso' as const),
  }
  const users = await ctx.in(region).userChanges.list(filter, page)
  const standingOf = await standingsOf(ctx, caller, users)
  const next = nextIdPage(users, page)['X-Files-Cursor'] ?? null
  const view = (
    <UsersPage {...{ language, users, standingOf, asked, next, viewer: live.user, ...shown }} />
  )
  return { status: 200, body: view }
}

export const adminUserListPages = [show, create]
