import * as z from 'zod'
import type { Ctx } from '../context.ts'
import type { ParameterShape } from '../http/check-parameters.ts'
import { listReply, type Route, route } from '../http/route.ts'
import { siteAdmin, type UserCaller } from '../sessions/access.ts'
import { csvStream } from '../users/csv.ts'
import type { AttemptPlace } from './attempt-store.ts'
import {
  asFile,
  pageOfTimes,
  pagesOf,
  type TimePage,
  timePageParameters,
} from './pages-of-times.ts'

interface History<Row, Filters extends ParameterShape, Shown extends z.ZodObject> {
  path: `/history/${string}`
  /** What the history has, as its documentation calls them. */
  rows: string
  summary: string
  exportSummary: string
  object: Shown
  /** The name of the list in the API description. */
  id: string
  file: string
  filters: Filters
  /** Returns what reads the rows that fit the filters, newest first. */
  reader(
    ctx: Ctx,
    caller: UserCaller,
    filters: z.infer<z.ZodObject<Filters>>,
  ): Promise<(after: AttemptPlace | null, limit: number) => Promise<Row[]>>
  view(row: Row): z.infer<Shown>
}

/** Declares the two routes of a history: a list by pages, and all of it as CSV. */
export function historyRoutes<
  Row extends AttemptPlace,
  Filters extends ParameterShape,
  Shown extends z.ZodObject,
>(history: History<Row, Filters, Shown>): Route[] {
  const { path, rows: called, object, filters, reader, view } = history
  const list = route(
    {
      endpoint: `GET ${path}`,
      summary: history.summary,
      access: siteAdmin,
      parameters: z.object({ ...filters, ...timePageParameters }),
      replies: { 200: listReply(`The ${called}`, object, history.id) },
    },
    async ({ parameters, caller, ctx }) => {
      const sent = parameters as z.infer<z.ZodObject<Filters>> & TimePage
      const { rows, headers } = await pageOfTimes(sent, await reader(ctx, caller, sent))
      return { status: 200, body: rows.map(view), headers }
    },
  )
  const exported = route(
    {
      endpoint: `GET ${path}.csv`,
      summary: history.exportSummary,
      access: siteAdmin,
      mediaType: 'text/csv',
      parameters: z.object(filters),
      replies: { 200: { description: `The ${called}`, body: z.string() } },
    },
    async ({ parameters, caller, ctx }) => {
      const read = await reader(ctx, caller, parameters)
      const columns = Object.fromEntries(
        Object.keys(object.shape).map((name) => [name, (row: Row) => cell(view(row)[name])]),
      )
      return { status: 200, body: csvStream(columns, pagesOf(read)), headers: asFile(history.file) }
    },
  )
  return [list, exported]
}

function cell(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
