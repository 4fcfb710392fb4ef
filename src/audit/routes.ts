import * as z from 'zod'
import { integer, text } from '../http/check-parameters.ts'
import { apiObject } from '../http/route.ts'
import type { RecordedAttempt } from './attempt-store.ts'
import { credentialEventKinds } from './credential-event.ts'
import type { RecordedEvent } from './credential-event-store.ts'
import { attemptsOfName, historyRoutes, periodOf, periodParameters } from './history.ts'
import { loginOutcomes, outcomesShownAs, shownOutcome } from './login-outcome.ts'

/** A login attempt, in the shape of the SDKs' Action. */
const action = apiObject('LoginAction', {
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

const attemptFilters = {
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

const loginRoutes = historyRoutes({
  path: '/history/login',
  rows: 'attempts',
  summary: 'List the login attempts at the site, newest first',
  exportSummary: 'Export all login attempts as CSV',
  object: action,
  id: 'LoginActions',
  file: 'login-history.csv',
  filters: attemptFilters,
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

/** A change of a credential, a user or the settings. Never contains a secret. */
const change = apiObject('Change', {
  id: z.int(),
  event: z.enum(credentialEventKinds),
  when: z.iso.datetime(),
  user_id: z.int().describe('The user whom the change is about'),
  actor: z
    .string()
    .describe(
      '`user:ID`, `strategy:ID` (single sign-on), `operator`, `code` (a reset code or pairing key), or `service` (a scheduled check)',
    ),
  ip: z.string().nullable(),
  user_agent: z.string(),
  request_id: z.string(),
  changes: z
    .record(z.string(), z.tuple([z.unknown(), z.unknown()]))
    .describe('The values before and after'),
})

const changeFilters = {
  ...periodParameters,
  user_id: integer().optional(),
  event: z.enum(credentialEventKinds).optional(),
}

function viewChange(event: RecordedEvent): z.infer<typeof change> {
  return {
    id: event.id,
    event: z.enum(credentialEventKinds).parse(event.event),
    when: new Date(event.createdAt).toISOString(),
    user_id: event.userId,
    actor: event.actor,
    ip: event.address,
    user_agent: event.userAgent,
    request_id: event.requestId,
    changes: JSON.parse(event.changes),
  }
}

const changeRoutes = historyRoutes({
  path: '/history/changes',
  rows: 'changes',
  summary: 'List the changes of credentials, users and settings, newest first',
  exportSummary: 'Export all changes as CSV',
  object: change,
  id: 'Changes',
  file: 'changes.csv',
  filters: changeFilters,
  reader: async (ctx, { live, region }, parameters) => {
    const { user_id: userId, event } = parameters
    const filter = { siteId: live.site.id, userId, event, ...periodOf(parameters) }
    return (after, limit) => ctx.in(region).credentialEvents.list(filter, after, limit)
  },
  view: viewChange,
})

export const auditRoutes = [...loginRoutes, ...changeRoutes]
