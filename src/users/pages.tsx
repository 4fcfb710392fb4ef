import * as z from 'zod'
import { actingOf } from '../access/actor.ts'
import { clearableText, text } from '../http/check-parameters.ts'
import { page } from '../http/page-route.ts'
import { adminMessagesFor } from '../messages/admin-messages.ts'
import { reauthenticatedSiteAdmin } from '../sessions/access.ts'
import { shownProblem } from '../ui/admin/shown-problem.ts'
import { createSiteUser } from './create-site-user.ts'
import { readUserSettings } from './user-settings.ts'
import { listFilter, userPageReplies, userPages, usersPage } from './users-view.tsx'

const show = page(
  {
    ...userPages,
    method: 'GET',
    access: reauthenticatedSiteAdmin,
    path: '/admin/users',
    summary: 'The page of users, for site admins',
    parameters: { ...listFilter, cursor: clearableText(16).optional() },
    returnTo: 'here',
    replies: userPageReplies,
  },
  ({ parameters: { cursor, locale: _, ...filters }, ctx, ...viewer }) =>
    usersPage(ctx, viewer, { filters, cursor }),
)

const create = page(
  {
    ...userPages,
    method: 'POST',
    path: '/admin/users',
    summary: 'The form to create a user and invite them by email',
    parameters: {
      username: text(256),
      email: text(254),
      site_admin: z.boolean().optional(),
    },
    replies: userPageReplies,
  },
  async ({ parameters, ctx, ...viewer }) => {
    const { caller, language } = viewer
    const { username, email, site_admin } = parameters
    try {
      const settings = readUserSettings({ email, site_admin }, null)
      const acting = actingOf(viewer)
      await ctx.in(caller.region).forms.takeNow()
      const user = await createSiteUser(ctx, acting, { username, settings, given: {} })
      const done = adminMessagesFor(language).pages.created
      return usersPage(ctx, viewer, { filters: { search: user.username }, done })
    } catch (error) {
      const problem = shownProblem(error)
      const reply = await usersPage(ctx, viewer, { problem, sent: parameters })
      return { ...reply, status: 422 }
    }
  },
)

export const adminUserListPages = [show, create]
