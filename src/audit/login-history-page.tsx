import { fill } from '../messages/messages.ts'
import { spelledDate } from '../notifications/spelled-date.ts'
import { deviceName } from '../sessions/device-name.ts'
import { AdminPage, pageUrl, queryOf } from '../ui/admin/admin-page.tsx'
import { useAdminMessages } from '../ui/admin/messages.ts'
import { askedPeriod, type Days, PeriodFields, periodOfReader } from '../ui/admin/period.tsx'
import { TextField } from '../ui/fields.tsx'
import { SearchForm, Submit } from '../ui/form.tsx'
import { useLanguage } from '../ui/language.ts'
import { type Options, SettingField } from '../ui/setting-field.tsx'
import { Name } from '../ui/verbatim.tsx'
import type { RecordedAttempt } from './attempt-store.ts'
import { type LoginOutcome, loginOutcomes, shownOutcome } from './login-outcome.ts'

/** The filters of the list, as the URL has them. */
export interface LoginFilters extends Days {
  username?: string | undefined
  outcome?: LoginOutcome | '' | undefined
}

export interface HistoryPageProps {
  attempts: RecordedAttempt[]
  asked: LoginFilters
  /** The cursor of the next page; null on the last page. */
  next: string | null
  /** The reader's time zone. */
  timeZone: string | null
}

/** Shows a site's login attempts to its admins. */
export function HistoryPage(props: HistoryPageProps) {
  const language = useLanguage()
  const { attempts, asked, next, timeZone } = props
  const t = useAdminMessages().pages
  const { username, outcome } = asked
  const exported = {
    username,
    failure_type: outcome,
    ...askedPeriod(periodOfReader(asked, timeZone)),
  }
  return (
    <AdminPage title={t.historyTitle} here="history">
      <section class="card" aria-label={t.historyTitle}>
        <Search {...props} />
        {attempts.length === 0 ? <p>{t.noneLive}</p> : null}
        <ul class="rows">
          {attempts.map((attempt) => (
            <Attempt timeZone={timeZone} attempt={attempt} />
          ))}
        </ul>
        {next === null ? null : (
          <p>
            <a href={pageUrl('/admin/history', language, { ...asked, cursor: next })}>{t.next}</a>
          </p>
        )}
        <p>
          <a href={`/api/rest/v1/history/login.csv?${queryOf(exported)}`}>{t.csv}</a>
          {' · '}
          <a href={pageUrl('/admin/sessions', language, { username })}>{t.sessionsTitle}</a>
        </p>
      </section>
    </AdminPage>
  )
}

function Search({ asked }: HistoryPageProps) {
  const { pages: t, loginOutcomes: outcomes } = useAdminMessages()
  const shown = loginOutcomes
    .filter((one) => shownOutcome(one) === one)
    .map((one): Options[number] => [one, outcomes[one]])
  return (
    <SearchForm action="/admin/history">
      <TextField id="username" label={t.username} value={asked.username ?? ''} isOptional />
      <SettingField
        id="outcome"
        kind="choice"
        label={t.outcome}
        options={[['', t.all], ...shown]}
        value={asked.outcome ?? ''}
      />
      <PeriodFields days={asked} />
      <Submit label={t.find} look="quiet" />
    </SearchForm>
  )
}

function Attempt(props: { timeZone: string | null; attempt: RecordedAttempt }) {
  const { timeZone, attempt } = props
  const language = useLanguage()
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
          {spelledDate(language, attempt.createdAt, timeZone)} · {t.from} {attempt.address ?? '–'} ·{' '}
          {deviceName(attempt.userAgent)}
          {attempt.lastAt === null ? null : (
            <>
              <br />
              {fill(t.attempts, {
                times: new Intl.NumberFormat(language).format(attempt.times),
                last: spelledDate(language, attempt.lastAt, timeZone),
                address: attempt.lastAddress ?? '–',
              })}
            </>
          )}
        </span>
      </div>
    </li>
  )
}
