import * as z from 'zod'
import { clearableText, integer } from '../http/check-parameters.ts'
import { page } from '../http/page-route.ts'
import { fill } from '../messages/messages.ts'
import { siteAdmin } from '../sessions/access.ts'
import { deviceName } from '../sessions/device-name.ts'
import { AdminPage, NextPage, pageUrl, queryOf } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { type Names, namesIn } from '../ui/admin/names.ts'
import {
  type Days,
  PeriodFields,
  periodOfDays,
  periodOfReader,
  periodParameters,
} from '../ui/admin/period.tsx'
import { CheckField, type Options, SettingField, TextField } from '../ui/fields.tsx'
import { SearchForm, Submit } from '../ui/form.tsx'
import { useLanguage, useSpelledDate, useTimeZone } from '../ui/language.ts'
import { Name } from '../ui/page.tsx'
import type { RecordedAttempt } from './attempt-store.ts'
import { ChangeRows } from './change-rows.tsx'
import { credentialEventKinds } from './credential-event.ts'
import type { RecordedEvent } from './credential-event-store.ts'
import { attemptsOfName, pageOfTimes } from './history.ts'
import { type LoginOutcome, loginOutcomes, outcomesShownAs, shownOutcome } from './login-outcome.ts'

const SHOWN = 50

const replies = {
  200: 'The page',
  303: 'Redirects to the login page',
  403: 'The user is not a site admin',
}

const showHistory = page(
  {
    access: siteAdmin,
    returnTo: 'here',
    endpoint: 'GET /admin/history',
    summary: 'The login history, for site admins',
    parameters: {
      username: clearableText(256).optional(),
      outcome: z.enum(['', ...loginOutcomes]).optional(),
      ...periodOfDays,
      cursor: clearableText(64).optional(),
    },
    replies,
  },
  async ({ parameters, ctx, caller: { live, region } }) => {
    const { cursor, locale: _, ...filters } = parameters
    const siteId = live.site.id
    const filter = {
      siteId,
      ...periodOfReader(filters, live.user.timeZone),
      name: await attemptsOfName(ctx, { region, siteId }, filters.username),
      outcomes: filters.outcome ? outcomesShownAs(filters.outcome) : undefined,
    }
    const store = ctx.in(region).attempts
    const { rows: attempts, next } = await pageOfTimes(
      { per_page: SHOWN, cursor: cursor || undefined },
      (after, limit) => store.list(filter, after, limit),
    )
    return <HistoryPage attempts={attempts} filters={filters} next={next} />
  },
)

/** The filters of the list, as the URL has them. */
interface LoginFilters extends Days {
  username?: string | undefined
  outcome?: LoginOutcome | '' | undefined
}

interface HistoryPageProps {
  attempts: RecordedAttempt[]
  filters: LoginFilters
  /** The cursor of the next page; null on the last page. */
  next: string | null
}

function HistoryPage(props: HistoryPageProps) {
  const language = useLanguage()
  const timeZone = useTimeZone()
  const { attempts, filters, next } = props
  const t = useAdminMessages().pages
  const { username, outcome } = filters
  const exported = {
    username,
    failure_type: outcome,
    ...periodParameters(periodOfReader(filters, timeZone)),
  }
  return (
    <AdminPage title={t.historyTitle} here="history">
      <section class="card" aria-label={t.historyTitle}>
        <HistorySearch {...props} />
        {attempts.length === 0 ? <p>{t.noneLive}</p> : null}
        <ul class="rows">
          {attempts.map((attempt) => (
            <Attempt attempt={attempt} />
          ))}
        </ul>
        <NextPage path="/admin/history" filters={filters} cursor={next} />
        <p>
          <a href={`/api/rest/v1/history/login.csv?${queryOf(exported)}`}>{t.csv}</a>
          {' · '}
          <a href={pageUrl('/admin/sessions', language, { username })}>{t.sessionsTitle}</a>
        </p>
      </section>
    </AdminPage>
  )
}

function HistorySearch({ filters }: HistoryPageProps) {
  const { pages: t, loginOutcomes: outcomes } = useAdminMessages()
  const shown = loginOutcomes
    .filter((one) => shownOutcome(one) === one)
    .map((one): Options[number] => [one, outcomes[one]])
  return (
    <SearchForm action="/admin/history">
      <TextField id="username" label={t.username} value={filters.username ?? ''} isOptional />
      <SettingField
        id="outcome"
        kind="choice"
        label={t.outcome}
        options={[['', t.all], ...shown]}
        value={filters.outcome ?? ''}
      />
      <PeriodFields days={filters} />
      <Submit label={t.find} variant="quiet" />
    </SearchForm>
  )
}

function Attempt({ attempt }: { attempt: RecordedAttempt }) {
  const language = useLanguage()
  const spelled = useSpelledDate()
  const { pages: t, loginOutcomes: outcomes } = useAdminMessages()
  const outcome = shownOutcome(attempt.outcome as LoginOutcome)
  const { userId } = attempt
  const name = attempt.username || '–'
  return (
    <li>
      <div>
        <strong>
          {userId === null ? (
            <Name>{name}</Name>
          ) : (
            <a href={pageUrl(`/admin/users/${userId}`, language)}>
              <Name>{name}</Name>
            </a>
          )}
        </strong>{' '}
        <span class={outcome === 'none' ? 'badge' : 'badge bad'} title={outcome}>
          {outcomes[outcome]}
        </span>
        <br />
        <span class="hint">
          {spelled(attempt.createdAt)} · {t.from} {attempt.address ?? '–'} ·{' '}
          {deviceName(attempt.userAgent)}
          {attempt.lastAt === null ? null : (
            <>
              <br />
              {fill(t.attempts, {
                times: new Intl.NumberFormat(language).format(attempt.times),
                last: spelled(attempt.lastAt),
                address: attempt.lastAddress ?? '–',
              })}
            </>
          )}
        </span>
      </div>
    </li>
  )
}

/** The filters of the list, as the URL has them. */
interface ChangeFilters extends Days {
  event?: (typeof credentialEventKinds)[number] | '' | undefined
  /** The user whom the changes are about. */
  user_id?: number | undefined
}

const showChanges = page(
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
    replies,
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
        <ChangeSearch {...props} />
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

function ChangeSearch({ filters, names }: ChangesPageProps) {
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

export const adminAuditPages = [showHistory, showChanges]
