import * as z from 'zod'
import { integer, text } from '../http/check-parameters.ts'
import { invalidParameter } from '../http/problem.ts'
import { type Page, readPage } from '../storage/page.ts'
import type { AttemptPlace } from './attempt-store.ts'

const DEFAULT_PAGE = 100
/** How many rows an export holds in memory. */
const EXPORTED_PAGE = 500

const instant = z.iso.datetime({ offset: true }).optional()

export const periodParameters = {
  start_at: instant.describe('Only attempts or changes from this time on'),
  end_at: instant.describe('Only attempts or changes up to this time'),
}

export const timePageParameters = {
  cursor: text(64).optional().describe('The X-Files-Cursor of the previous page'),
  per_page: integer().min(1).max(1_000).optional().describe('Default: 100'),
}

export type TimePage = z.infer<z.ZodObject<typeof timePageParameters>>

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
export function pagesOf<Row extends AttemptPlace>(
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

/** Tells a browser to save the reply instead of showing it. */
export function asFile(name: string): Record<string, string> {
  return { 'Content-Disposition': `attachment; filename="${name}"` }
}
