import type { Ctx } from '../context.ts'
import { clearableText, integer } from '../http/check-parameters.ts'
import { page } from '../http/page-route.ts'
import { Problem } from '../http/problem.ts'
import { seeOther } from '../http/route.ts'
import { AdminPage, NextPage, pageUrl } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { TextField } from '../ui/fields.tsx'
import { SearchForm, Submit } from '../ui/form.tsx'
import { siteAdmin, type UserCaller } from './access.ts'
import { endSession, listSessions, pageOfSessions } from './manage-sessions.ts'
import { SessionRows } from './session-rows.tsx'
import type { ListedSession } from './session-store.ts'

const SHOWN = 50

const filters = {
  username: clearableText(256).optional(),
  cursor: clearableText(64).optional(),
}
const replies = {
  200: 'The page',
  303: 'Redirects to the login page, or after a change to the page',
  403: 'The user is not a site admin',
}

const show = page(
  {
    access: siteAdmin,
    endpoint: 'GET /admin/sessions',
    summary: 'The page of active sessions, for site admins',
    parameters: filters,
    returnTo: 'here',
    replies,
  },
  async ({ parameters: { username = '', cursor }, ctx, caller }) => {
    const owner = username === '' ? ('site' as const) : await userNamed(ctx, caller, username)
    const { rows: sessions, next } = await pageOfSessions(
      { cursor: cursor || undefined, limit: SHOWN },
      async (after, limit) => (owner ? listSessions(ctx, caller, { owner, after, limit }) : []),
    )
    const shown = { caller, sessions, username, cursor, next }
    return <SessionsPage {...shown} />
  },
)

const end = page(
  {
    access: siteAdmin,
    endpoint: 'POST /admin/sessions/end',
    summary: 'The button to revoke a session, there and on the page of its user',
    parameters: {
      id: integer(),
      user_id: integer().optional().describe('Whose page to go on to'),
      ...filters,
    },
    shown: ['id', 'user_id', 'username', 'cursor'],
    returnTo: '/admin/sessions',
    replies,
  },
  async ({ parameters, ctx, caller, language, request }) => {
    const { live, region } = caller
    const { id, user_id: userId, username, cursor } = parameters
    // It is no error if the session is no longer active: the next page shows the remaining ones.
    await endSession(ctx, { live, region, request }, id).catch((error) => {
      if (!(error instanceof Problem) || error.status !== 404) throw error
    })
    return seeOther(
      userId === undefined
        ? pageUrl('/admin/sessions', language, { username, cursor })
        : pageUrl(`/admin/users/${userId}`, language),
    )
  },
)

/** Null if nobody of the site has the name. */
async function userNamed(
  ctx: Ctx,
  { live, region }: UserCaller,
  username: string,
): Promise<{ userId: number } | null> {
  const named = await ctx.in(region).users.named(username)
  return named?.site.id === live.site.id ? { userId: named.user.id } : null
}

function SessionsPage(props: {
  caller: UserCaller
  sessions: ListedSession[]
  username: string
  cursor: string | undefined
  next: string | null
}) {
  const { caller, sessions, username, cursor, next } = props
  const t = useAdminMessages().pages
  return (
    <AdminPage title={t.sessionsTitle} here="sessions">
      <section class="card" aria-label={t.sessionsTitle}>
        <SearchForm action="/admin/sessions">
          <TextField id="username" label={t.username} value={username} isOptional />
          <Submit label={t.find} variant="quiet" />
        </SearchForm>
        {sessions.length === 0 ? <p>{t.noneLive}</p> : null}
        <SessionRows caller={caller} sessions={sessions} back={{ username, cursor }} />
        <NextPage path="/admin/sessions" filters={{ username }} cursor={next} />
      </section>
    </AdminPage>
  )
}

export const adminSessionPages = [show, end]
