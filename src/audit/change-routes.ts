import * as z from 'zod'
import { integer } from '../http/check-parameters.ts'
import { credentialEventKinds } from './credential-event.ts'
import type { RecordedEvent } from './credential-event-store.ts'
import { historyRoutes } from './history.ts'
import { periodOf, periodParameters } from './pages-of-times.ts'

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

export const changeHistoryRoutes = historyRoutes({
  path: '/history/changes',
  rows: 'changes',
  summary: 'List the changes of credentials, users and settings, newest first',
  exportSummary: 'Export all changes as CSV',
  object: change,
  id: 'Changes',
  file: 'changes.csv',
  filters,
  reader: async (ctx, { live, region }, parameters) => {
    const { user_id: userId, event } = parameters
    const filter = { siteId: live.site.id, userId, event, ...periodOf(parameters) }
    return (after, limit) => ctx.in(region).credentialEvents.list(filter, after, limit)
  },
  view,
})
