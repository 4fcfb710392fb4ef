import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { clearableText, text } from '../http/check-parameters.ts'
import type { Language } from '../http/languages.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Reply } from '../http/route.ts'
import { siteAdmin, type UserCaller } from '../sessions/access.ts'
import { pageOfIds } from '../storage/pages-of-ids.ts'
import { standingsOf } from '../ui/admin/standing.ts'
import type { UserActing } from './manage-users.ts'
import { type UserFilters, UsersPage, type UsersPageProps } from './users-page.tsx'

const SHOWN = 50

const ticked = z.enum(['true']).optional()

/** The filters of the list. */
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

/** The reader and their request. */
export interface Viewer {
  caller: UserCaller
  language: Language
  request: RequestFacts
}

export function actingOf({ caller, language, request }: Viewer): UserActing {
  return { ...caller, language, request }
}

export async function usersPage(
  ctx: Ctx,
  { caller }: Viewer,
  {
    asked = {},
    cursor,
    ...shown
  }: { asked?: UserFilters; cursor?: string | undefined } & Pick<
    UsersPageProps,
    'done' | 'problem' | 'sent'
  >,
): Promise<Reply> {
  const { live, region } = caller
  const filter = {
    siteId: live.site.id,
    search: asked.search || undefined,
    siteAdmin: asked.admins && true,
    disabled: asked.disabled && true,
    authenticationMethod: asked.sso && ('sso' as const),
  }
  const ledger = ctx.in(region).userChanges
  const { rows: users, next } = await pageOfIds(
    { per_page: SHOWN, cursor: cursor || undefined },
    (page) => ledger.list(filter, page),
    ({ id }) => id,
  )
  const standingOf = await standingsOf(ctx, caller, users)
  const view = (
    <UsersPage
      users={users}
      standingOf={standingOf}
      asked={asked}
      next={next}
      viewer={live.user}
      {...shown}
    />
  )
  return { status: 200, body: view }
}
