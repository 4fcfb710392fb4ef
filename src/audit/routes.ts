import * as z from 'zod'
import { integer, text } from '../http/check-parameters.ts'
import type { RecordedAttempt } from './attempt-store.ts'
import { attemptsOfName } from './attempts-of-name.ts'
import { historyRoutes } from './history.ts'
import { loginOutcomes, outcomesShownAs, shownOutcome } from './login-outcome.ts'
import { periodOf, periodParameters } from './pages-of-times.ts'

/** A login attempt, in the shape of the SDKs' Action. */
const action = z
  .object({
    id: z.int(),
    action: z.enum(['login', 'failedlogin']),
    failure_type: z.enum(loginOutcomes).describe('Why it failed; `none` for a successful login'),
    when: z.iso.datetime(),
    username: z.string().describe('As it was typed'),
    user_id: z.int().nullable(),
    ip: z.string().nullable(),
    user_agent: z.string(),
    request_id: z.string(),
    session_id: z.int().nullable().describe('The session that the login started'),
    times: z
      .int()
      .describe(
        'The number of attempts in this row: refusals of one name for one reason within an hour. `when`, `ip`, `user_agent` and `request_id` are those of the first. Once the day’s limit is reached, one row counts all names, and `username` is empty',
      ),
    last_at: z.iso.datetime().nullable().describe('The time of the last of several attempts'),
    last_ip: z.string().nullable().describe('The IP address of the last of several attempts'),
  })
  .meta({ id: 'LoginAction' })

const filters = {
  ...periodParameters,
  user_id: integer().optional(),
  username: text(256).optional().describe('As it was typed, or the name of the user'),
  failure_type: z.enum(loginOutcomes).optional(),
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
    times: attempt.times,
    last_at: attempt.lastAt === null ? null : new Date(attempt.lastAt).toISOString(),
    last_ip: attempt.lastAddress,
  }
}

export const loginHistoryRoutes = historyRoutes({
  path: '/history/login',
  rows: 'attempts',
  summary: 'List the login attempts at the site, newest first',
  exportSummary: 'Export all login attempts as CSV',
  object: action,
  id: 'LoginActions',
  file: 'login-history.csv',
  filters,
  reader: async (ctx, { live, region }, parameters) => {
    const { user_id: userId, username, failure_type: shown } = parameters
    const siteId = live.site.id
    const filter = {
      siteId,
      userId,
      ...periodOf(parameters),
      name: await attemptsOfName(ctx, { region, siteId }, username),
      outcomes: shown && outcomesShownAs(shown),
    }
    return (after, limit) => ctx.in(region).attempts.list(filter, after, limit)
  },
  view: viewAttempt,
})
