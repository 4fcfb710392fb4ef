import * as z from 'zod'
import { clearableText, text } from '../http/check-parameters.ts'
import { route } from '../http/route.ts'
import { adminMessagesFor } from '../messages/admin-messages.ts'
import { reauthenticatedSiteAdmin } from '../sessions/access.ts'
import { shownProblem } from '../ui/admin/shown-problem.ts'
import { createSiteUser } from './create-site-user.ts'
import { readUserSettings } from './user-settings.ts'

import {
  actingOf,
  listFilter,
  locale,
  userPageReplies,
  userPages,
  usersPage,
} from './users-view.tsx'

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
      await ctx.in(caller.region).forms.takeNow()
      const user = await createSiteUser(ctx, acting, { username, settings, given: {} })
      const done = adminMessagesFor(language).pages.created
      return usersPage(ctx, viewer, { asked: { search: user.username }, done })
    } catch (error) {
      const problem = shownProblem(error)
      const reply = await usersPage(ctx, viewer, { problem, sent: parameters })
      return { ...reply, status: 422 }
    }
  },
)

export const adminUserListPages = [show, create]
