import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText } from '../http/check-parameters.ts'
import type { Viewer } from '../http/page-route.ts'
import type { Reply } from '../http/route.ts'
import { siteAdmin, type UserCaller } from '../sessions/access.ts'
import { pageOfIds } from '../storage/pages-of-ids.ts'
import { standingsOf } from '../ui/admin/standing.ts'
import { type UserFilters, UsersPage, type UsersPageProps } from './users-page.tsx'

const SHOWN = 50

const ticked = z.enum(['true']).optional()

export const listFilter = {
  search: clearableText(254).optional(),
  admins: ticked,
  disabled: ticked,
  sso: ticked,
}

export const userPages = { access: siteAdmin, returnTo: '/admin/users' } as const
export const userPageReplies = {
  200: 'The page',
  303: 'Redirects to the login page',
  403: 'The user is not a site admin',
  422: 'The page with its errors',
}

interface ShownUsers extends Pick<UsersPageProps, 'done' | 'problem' | 'sent'> {
  filters?: UserFilters
  cursor?: string | undefined
}

export async function usersPage(
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
    { per_page: SHOWN, cursor: cursor || undefined },
    (page) => ledger.list(filter, page),
    ({ id }) => id,
  )
  const standingOf = await standingsOf(ctx, caller, users)
  const props = { users, standingOf, filters, next, viewer: live.user, ...shown }
  return { status: 200, body: <UsersPage {...props} /> }
}
