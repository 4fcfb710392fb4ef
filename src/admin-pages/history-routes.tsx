import * as z from 'zod'
import type { AttemptStore, RecordedAttempt } from '../history/attempt-store.ts'
import { loginOutcomes } from '../history/login-outcome.ts'
import { nextTimePage, readTimePage } from '../login-history/pages-of-times.ts'
import { outcomesShownAs, shownOutcome } from '../login-history/routes.ts'
import { spelledDate } from '../mail/spelled-date.ts'
import { clearableText, integer, text } from '../platform/check-parameters.ts'
import { deviceName } from '../platform/device-name.ts'
import type { Language } from '../platform/languages.ts'
import { Problem } from '../platform/problem.ts'
import { type Reply, route } from '../platform/route.ts'
import type { Region } from '../regions/region.ts'
import { siteAdmin } from '../sessions/access.ts'
import { endSession, listSessions, type ManageSessionsNeeds } from '../sessions/manage-sessions.ts'
import type { ListedSession } from '../sessions/session-store.ts'
import { Form } from '../ui/fields.tsx'
import { Page } from '../ui/page.tsx'
import { adminTextsIn } from './page-texts.ts'

type Needs = ManageSessionsNeeds & { attemptsIn: (region: Region) => AttemptStore }

const SHOWN = 50

const locale = text(35).optional()
const page = {
  base: false,
  mediaType: 'text/html',
  access: siteAdmin,
  returnTo: '/admin/history',
  problems: [],
} as const
const replies = {
  200: { description: 'The page', body: z.string() },
  303: { description: 'To the log in page; or done, and on to the page' },
  403: { description: 'Not for who is no site admin', body: z.string() },
}

const show = route<Needs>()(
  {
    ...page,
    method: 'GET',
    path: '/admin/history',
    summary: 'The page of the log ins and live sessions of a site, for its admins',
    parameters: z.object({
      outcome: z.enum(['', ...loginOutcomes]).optional(),
      cursor: clearableText(64).optional(),
      locale,
    }),
    replies,
  },
  async ({ parameters, services, caller, language }): Promise<Reply> => {
    const { live, region } = caller
    const { outcome } = parameters
    const { after, limit } = readTimePage({
      per_page: SHOWN,
      cursor: parameters.cursor || undefined,
    })
    const filter = {
      siteId: live.site.id,
      outcomes: outcome ? outcomesShownAs(outcome) : undefined,
    }
    const [attempts, sessions] = await Promise.all([
      services.attemptsIn(region).list(filter, after, limit),
      listSessions(services, caller, { of: 'site', after: [], limit: SHOWN }),
    ])
    const next = nextTimePage(attempts, limit)['X-Files-Cursor'] ?? null
    const { timeZone } = live.user
    const ownId = caller.by === 'session' ? caller.live.session.id : null
    const shown = { attempts, sessions, next, outcome: outcome ?? '', timeZone, ownId }
    return { status: 200, body: <HistoryPage language={language} {...shown} /> }
  },
)

const end = route<Needs>()(
  {
    ...page,
    method: 'POST',
    path: '/admin/history/end',
    summary: 'Its button that ends a session',
    parameters: z.object({ id: integer(), locale }),
    replies,
  },
  async ({ parameters: { id }, services, caller, language, request }) => {
    const { live, region } = caller
    // Ended before is ended: the page that follows shows what is left.
    await endSession(services, { live, region, request }, id).catch((error) => {
      if (!(error instanceof Problem) || error.status !== 404) throw error
    })
    return { status: 303, headers: { Location: `/admin/history?locale=${language}` } }
  },
)

interface HistoryPageProps {
  language: Language
  attempts: RecordedAttempt[]
  sessions: ListedSession[]
  next: string | null
  outcome: string
  timeZone: string | null
  /** Of the session in use. */
  ownId: number | null
}

function HistoryPage(props: HistoryPageProps) {
  const { language, next, outcome } = props
  const t = adminTextsIn(language)
  const following = new URLSearchParams({ locale: language, outcome, cursor: next ?? '' })
  return (
    <Page language={language} title={t.historyTitle} wide>
      <section class="card" aria-label={t.historyTitle}>
        <form method="get" action="/admin/history">
          <input type="hidden" name="locale" value={language} />
          <div class="field">
            <label for="outcome">{t.outcome}</label>
            <select id="outcome" name="outcome">
              <option value="">{t.all}</option>
              {loginOutcomes.map((one) => (
                <option value={one} selected={one === outcome}>
                  {one === 'none' ? t.success : one}
                </option>
              ))}
            </select>
          </div>
          <button type="submit" class="quiet">
            {t.find}
          </button>
        </form>
        <Attempts {...props} />
        {next === null ? null : (
          <p>
            <a href={`/admin/history?${following.toString()}`}>{t.next}</a>
          </p>
        )}
        <p>
          <a href="/api/rest/v1/history/login.csv">{t.csv}</a>
          {' · '}
          <a href="/api/rest/v1/history/changes.csv">{t.changesCsv}</a>
        </p>
      </section>
      <Sessions {...props} />
      <a href={`/account?locale=${language}`}>{t.account}</a>
    </Page>
  )
}

function Attempts({ language, attempts, timeZone }: HistoryPageProps) {
  const t = adminTextsIn(language)
  return (
    <ul class="rows">
      {attempts.map((attempt) => {
        const outcome = shownOutcome(attempt.outcome as (typeof loginOutcomes)[number])
        return (
          <li>
            <div>
              <strong>{attempt.username || '–'}</strong>{' '}
              <span class={outcome === 'none' ? 'badge' : 'badge bad'}>
                {outcome === 'none' ? t.success : outcome}
              </span>
              <br />
              <span class="hint">
                {spelledDate(language, attempt.createdAt, timeZone)} · {t.from}{' '}
                {attempt.address ?? '–'} · {deviceName(attempt.userAgent)}
              </span>
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function Sessions({ language, sessions, timeZone, ownId }: HistoryPageProps) {
  const t = adminTextsIn(language)
  return (
    <section class="card" aria-labelledby="sessions">
      <h2 id="sessions">{t.sessionsTitle}</h2>
      {sessions.length === 0 ? <p>{t.noneLive}</p> : null}
      <ul class="rows">
        {sessions.map(({ session, user }) => (
          <li>
            <div>
              <strong>{user.username}</strong>
              <br />
              <span class="hint">
                {session.place ?? session.address ?? '–'} · {deviceName(session.userAgent)} ·{' '}
                {spelledDate(language, session.lastUsedAt, timeZone)}
              </span>
            </div>
            {session.id === ownId ? null : (
              <Form
                language={language}
                action="/admin/history/end"
                hidden={{ id: String(session.id) }}
              >
                <button type="submit" class="danger" aria-label={`${t.endOne}: ${user.username}`}>
                  {t.endOne}
                </button>
              </Form>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

export const adminHistoryPages = [show, end]
