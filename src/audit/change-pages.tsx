import * as z from 'zod'
import { clearableText, integer } from '../http/check-parameters.ts'
import { page } from '../http/page-route.ts'
import { fill } from '../messages/messages.ts'
import { siteAdmin } from '../sessions/access.ts'
import { AdminPage, NextPage, queryOf } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { type Names, namesIn } from '../ui/admin/names.ts'
import {
  type Days,
  PeriodFields,
  periodOfDays,
  periodOfReader,
  periodParameters,
} from '../ui/admin/period.tsx'
import { CheckField, type Options, SettingField } from '../ui/fields.tsx'
import { SearchForm, Submit } from '../ui/form.tsx'
import { useTimeZone } from '../ui/language.ts'
import { ChangeRows } from './change-rows.tsx'
import { credentialEventKinds } from './credential-event.ts'
import type { RecordedEvent } from './credential-event-store.ts'
import { pageOfTimes } from './history.ts'

const SHOWN = 50

/** The filters of the list, as the URL has them. */
interface ChangeFilters extends Days {
  event?: (typeof credentialEventKinds)[number] | '' | undefined
  /** The user whom the changes are about. */
  user_id?: number | undefined
}

const show = page(
  {
    access: siteAdmin,
    returnTo: 'here',
    endpoint: 'GET /admin/changes',
    summary: 'The audit log, for site admins',
    parameters: {
      event: z.enum(['', ...credentialEventKinds]).optional(),
      user_id: integer().optional(),
      ...periodOfDays,
      cursor: clearableText(64).optional(),
    },
    replies: {
      200: 'The page',
      303: 'Redirects to the login page',
      403: 'The user is not a site admin',
    },
  },
  async ({ parameters, ctx, caller }) => {
    const { live, region } = caller
    const { cursor, locale: _, ...filters } = parameters
    const filter = {
      siteId: live.site.id,
      userId: filters.user_id,
      ...periodOfReader(filters, live.user.timeZone),
      event: filters.event || undefined,
    }
    const store = ctx.in(region).credentialEvents
    const { rows: events, next } = await pageOfTimes(
      { per_page: SHOWN, cursor: cursor || undefined },
      (after, limit) => store.list(filter, after, limit),
    )
    const names = await namesIn(ctx, caller, { events, userId: filters.user_id })
    return <ChangesPage events={events} names={names} filters={filters} next={next} />
  },
)

interface ChangesPageProps {
  events: RecordedEvent[]
  names: Names
  filters: ChangeFilters
  /** The cursor of the next page; null on the last page. */
  next: string | null
}

function ChangesPage(props: ChangesPageProps) {
  const timeZone = useTimeZone()
  const { events, names, filters, next } = props
  const { pages: t, changes } = useAdminMessages()
  const { title } = changes
  const { user_id, event } = filters
  const exported = { user_id, event, ...periodParameters(periodOfReader(filters, timeZone)) }
  return (
    <AdminPage title={title} here="changes">
      <section class="card" aria-label={title}>
        <Search {...props} />
        {events.length === 0 ? <p>{t.noneLive}</p> : null}
        <ChangeRows events={events} names={names} />
        <NextPage path="/admin/changes" filters={filters} cursor={next} />
        <p>
          <a href={`/api/rest/v1/history/changes.csv?${queryOf(exported)}`}>{t.csv}</a>
        </p>
      </section>
    </AdminPage>
  )
}

function Search({ filters, names }: ChangesPageProps) {
  const { pages: t, changes: words, events } = useAdminMessages()
  const kinds = credentialEventKinds.map((kind): Options[number] => [kind, events[kind]])
  const { user_id: userId } = filters
  const name = userId === undefined ? undefined : (names.users.get(userId) ?? String(userId))
  return (
    <SearchForm action="/admin/changes">
      <SettingField
        id="event"
        kind="choice"
        label={words.event}
        options={[['', words.all], ...kinds]}
        value={filters.event ?? ''}
      />
      <PeriodFields days={filters} />
      {name === undefined ? null : (
        <CheckField
          id="user_id"
          label={fill(words.ofUser, { name })}
          value={userId ?? ''}
          checked
        />
      )}
      <Submit label={t.find} variant="quiet" />
    </SearchForm>
  )
}

export const adminChangePages = [show]
