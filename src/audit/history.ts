import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { integer, type ParameterShape, text } from '../http/check-parameters.ts'
import { invalidParameter } from '../http/problem.ts'
import { listReply, type Route, route } from '../http/route.ts'
import { siteAdmin, type UserCaller } from '../sessions/access.ts'
import { type Page, readPage } from '../storage/list-pages.ts'
import type { Region } from '../storage/region.ts'
import type { AttemptFilter, AttemptPlace } from './attempt-store.ts'

const DEFAULT_PAGE = 100
/** How many rows an export holds in memory. */
const EXPORTED_PAGE = 500

const instant = z.iso.datetime({ offset: true }).optional()

export const periodParameters = {
  start_at: instant.describe('Only attempts or changes from this time on'),
  end_at: instant.describe('Only attempts or changes up to this time'),
}

const timePageParameters = {
  cursor: text(64).optional().describe('The X-Files-Cursor of the previous page'),
  per_page: integer().min(1).max(1_000).optional().describe('Default: 100'),
}

type TimePage = z.infer<z.ZodObject<typeof timePageParameters>>

/** In milliseconds since the Unix epoch. */
export function periodOf(sent: { start_at?: string | undefined; end_at?: string | undefined }) {
  return { from: milliseconds(sent.start_at), until: milliseconds(sent.end_at) }
}

function milliseconds(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Date.parse(instant)
}

/**
 * Reads the page that was requested.
 * @throws {Problem} request-params-invalid
 */
export function pageOfTimes<Row extends AttemptPlace>(
  { cursor, per_page: size = DEFAULT_PAGE }: TimePage,
  read: (after: AttemptPlace | null, limit: number) => Promise<Row[]>,
): Promise<Page<Row>> {
  const [, createdAt, id] = /^(\d{1,15})-(\d{1,16})$/.exec(cursor ?? '') ?? []
  if (cursor !== undefined && id === undefined) throw invalidParameter('cursor')
  const after = id === undefined ? null : { createdAt: Number(createdAt), id: Number(id) }
  return readPage(
    size,
    (limit) => read(after, limit),
    (row) => `${row.createdAt}-${row.id}`,
  )
}

/** Yields one page after the other until none is left. */
function pagesOf<Row extends AttemptPlace>(
  read: (after: AttemptPlace | null, limit: number) => Promise<Row[]>,
): () => Promise<Row[] | null> {
  let after: AttemptPlace | null = null
  let isOver = false
  return async () => {
    if (isOver) return null
    const rows: Row[] = await read(after, EXPORTED_PAGE)
    isOver = rows.length < EXPORTED_PAGE
    after = rows.at(-1) ?? null
    return rows.length === 0 ? null : rows
  }
}

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
      const headers = { 'Content-Disposition': `attachment; filename="${history.file}"` }
      return { status: 200, body: csvStream(columns, pagesOf(read)), headers }
    },
  )
  return [list, exported]
}

function cell(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

const encoder = new TextEncoder()

/**
 * Returns rows as CSV (RFC 4180), page by page, so that memory holds one page at a time.
 * @param nextPage returns null after the last page, and never an empty page
 */
export function csvStream<Row>(
  columns: Record<string, (row: Row) => unknown>,
  nextPage: () => Promise<Row[] | null>,
): ReadableStream<Uint8Array> {
  const names = Object.keys(columns)
  const line = (values: unknown[]) => encoder.encode(`${values.map(field).join(',')}\r\n`)
  return new ReadableStream({
    start: (controller) => controller.enqueue(line(names)),
    async pull(controller) {
      const rows = await nextPage()
      if (rows === null) return controller.close()
      for (const row of rows) controller.enqueue(line(names.map((name) => columns[name]?.(row))))
    },
  })
}

/**
 * Prevents formulas: spreadsheets read a cell that begins like a formula, also in full width, as text (OWASP, CSV
 * injection). Every cell is quoted, because some spreadsheets split cells at semicolons.
 */
function field(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}

/** Selects the attempts of a name: those with this typed name, and those of its user, whatever was typed. */
export async function attemptsOfName(
  ctx: Ctx,
  { region, siteId }: { region: Region; siteId: number },
  username: string | undefined,
): Promise<AttemptFilter['name']> {
  if (!username) return undefined
  const named = await ctx.in(region).users.named(username)
  return { typed: username, userId: named?.user.siteId === siteId ? named.user.id : null }
}
