import * as z from 'zod'
import type { AttemptPlace, AttemptStore, RecordedAttempt } from '../history/attempt-store.ts'
import { type LoginOutcome, loginOutcomes } from '../history/login-outcome.ts'
import { integer, text } from '../platform/check-parameters.ts'
import { Problem } from '../platform/problem.ts'
import { route } from '../platform/route.ts'
import type { Region } from '../regions/region.ts'
import { siteAdmin } from '../sessions/access.ts'

interface Needs {
  attemptsIn: (region: Region) => AttemptStore
}

const DEFAULT_PAGE = 100

/** An attempt to log in, in the shape of the SDKs' Action. */
const action = z
  .object({
    id: z.int(),
    action: z.enum(['login', 'failedlogin']),
    failure_type: z.enum(loginOutcomes).describe('Why it failed; `none` for a success'),
    when: z.iso.datetime(),
    username: z.string().describe('As it was typed'),
    user_id: z.int().nullable(),
    ip: z.string().nullable(),
    user_agent: z.string(),
    request_id: z.string(),
    session_id: z.int().nullable().describe('The session that it led to'),
  })
  .meta({ id: 'LoginAction' })

const list = route<Needs>()(
  {
    method: 'GET',
    path: '/history/login',
    summary: 'Attempts to log in to the site, newest first',
    access: siteAdmin,
    parameters: z.object({
      start_at: instant().describe('Leave out attempts before this'),
      end_at: instant().describe('Leave out attempts after this'),
      user_id: integer().optional(),
      failure_type: z.enum(loginOutcomes).optional(),
      cursor: text(64).optional().describe('The X-Files-Cursor of the page before'),
      per_page: integer().min(1).max(1_000).optional().describe('100 unless given'),
    }),
    replies: {
      200: { description: 'The attempts', body: z.array(action).meta({ id: 'LoginActions' }) },
    },
    problems: [],
  },
  async ({ parameters, caller: { live, region }, services }) => {
    const limit = parameters.per_page ?? DEFAULT_PAGE
    const filter = {
      siteId: live.site.id,
      userId: parameters.user_id,
      outcomes: parameters.failure_type && outcomesShownAs(parameters.failure_type),
      from: milliseconds(parameters.start_at),
      until: milliseconds(parameters.end_at),
    }
    const after = parameters.cursor === undefined ? null : readCursor(parameters.cursor)
    const attempts = await services.attemptsIn(region).list(filter, after, limit)
    const last = attempts.length === limit ? attempts.at(-1) : undefined
    return {
      status: 200,
      body: attempts.map(viewAttempt),
      headers: last ? { 'X-Files-Cursor': `${last.createdAt}-${last.id}` } : {},
    }
  },
)

function instant() {
  return z.iso.datetime({ offset: true }).optional()
}

function milliseconds(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Date.parse(instant)
}

function readCursor(cursor: string): AttemptPlace {
  const [, createdAt, id] = /^(\d{1,15})-(\d{1,16})$/.exec(cursor) ?? []
  if (id === undefined)
    throw new Problem('bad-request/request-params-invalid', { values: { name: 'cursor' } })
  return { createdAt: Number(createdAt), id: Number(id) }
}

/** That a name is somebody's at another site is told to nobody there: it looks like one that nobody has. */
function shownOutcome(outcome: LoginOutcome): LoginOutcome {
  return outcome === 'site_mismatch' ? 'username_not_found' : outcome
}

/** The outcomes that are shown as this one. */
function outcomesShownAs(shown: LoginOutcome): LoginOutcome[] {
  return loginOutcomes.filter((outcome) => shownOutcome(outcome) === shown)
}

function viewAttempt(attempt: RecordedAttempt): z.infer<typeof action> {
  const outcome = shownOutcome(z.enum(loginOutcomes).parse(attempt.outcome))
  return {
    id: attempt.id,
    action: outcome === 'none' ? 'login' : 'failedlogin',
    failure_type: outcome,
    when: new Date(attempt.createdAt).toISOString(),
    username: attempt.username,
    user_id: attempt.userId,
    ip: attempt.address,
    user_agent: attempt.userAgent,
    request_id: attempt.requestId,
    session_id: attempt.sessionId,
  }
}

export const loginHistoryRoutes = [list]
