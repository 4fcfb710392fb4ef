import * as z from 'zod'
import { integer } from '../http/check-parameters.ts'
import { route } from '../http/route.ts'
import { siteAdmin } from '../sessions/access.ts'
import { csvStream } from '../users/csv.ts'
import { credentialEventKinds } from './credential-event.ts'
import type { EventFilter, RecordedEvent } from './credential-event-store.ts'
import {
  asFile,
  pageOfTimes,
  pagesOf,
  periodOf,
  periodParameters,
  timePageParameters,
} from './pages-of-times.ts'

/** A change of a credential, a user or the settings. Never contains a secret. */
const change = z
  .object({
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
  .meta({ id: 'Change' })

const filters = {
  ...periodParameters,
  user_id: integer().optional(),
  event: z.enum(credentialEventKinds).optional(),
}

const list = route(
  {
    method: 'GET',
    path: '/history/changes',
    summary: 'List the changes of credentials, users and settings, newest first',
    access: siteAdmin,
    parameters: z.object({ ...filters, ...timePageParameters }),
    replies: {
      200: { description: 'The changes', body: z.array(change).meta({ id: 'Changes' }) },
    },
  },
  async ({ parameters, caller: { live, region }, ctx }) => {
    const filter = filterOf(parameters, live.site.id)
    const store = ctx.in(region).credentialEvents
    const { rows, headers } = await pageOfTimes(parameters, (after, limit) =>
      store.list(filter, after, limit),
    )
    return { status: 200, body: rows.map(view), headers }
  },
)

const exported = route(
  {
    method: 'GET',
    path: '/history/changes.csv',
    summary: 'Export all changes as CSV',
    access: siteAdmin,
    mediaType: 'text/csv',
    parameters: z.object(filters),
    replies: { 200: { description: 'The changes', body: z.string() } },
  },
  ({ parameters, caller: { live, region }, ctx }) => {
    const filter = filterOf(parameters, live.site.id)
    const store = ctx.in(region).credentialEvents
    const rows = pagesOf((after, limit) => store.list(filter, after, limit))
    const columns = Object.fromEntries(
      Object.keys(change.shape).map((name) => [name, (event: RecordedEvent) => cell(event, name)]),
    )
    return { status: 200, body: csvStream(columns, rows), headers: asFile('changes.csv') }
  },
)

function filterOf(parameters: z.infer<z.ZodObject<typeof filters>>, siteId: number): EventFilter {
  const { user_id: userId, event } = parameters
  return { siteId, userId, event, ...periodOf(parameters) }
}

function view(event: RecordedEvent): z.infer<typeof change> {
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

function cell(event: RecordedEvent, name: string): unknown {
  return name === 'changes' ? event.changes : (view(event) as Record<string, unknown>)[name]
}

export const changeHistoryRoutes = [list, exported]
