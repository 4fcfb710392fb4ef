import type { SQL } from 'drizzle-orm'
import { integer, text } from '../http/check-parameters.ts'
import { invalidParameter } from '../http/problem.ts'
import { type Page, readPage } from './page.ts'

const DEFAULT_PAGE = 100

/** The parameters of lists ordered by id: a page number, or a cursor. */
export const idPageParameters = {
  page: integer().min(1).optional(),
  per_page: integer().min(1).max(1_000).optional().describe('Default: 100'),
  cursor: text(512).optional().describe('The X-Files-Cursor of the previous page'),
}

/** The rows of one page: ids above `after`, without the first `skip`. */
export interface IdPage {
  after: number
  skip: number
  limit: number
  /** Null or undefined for the order of the ids. */
  order?: SQL | null
}

/**
 * Reads the requested page.
 * @throws {Problem} request-params-invalid
 */
export function pageOfIds<Row>(
  requested: {
    page?: number | undefined
    per_page?: number | undefined
    cursor?: string | undefined
  },
  read: (page: IdPage) => Promise<Row[]>,
  idOf: (row: Row) => number,
  order: SQL | null = null,
): Promise<Page<Row>> {
  const { cursor, page = 1, per_page: size = DEFAULT_PAGE } = requested
  if (cursor !== undefined && !/^\d{1,16}$/.test(cursor)) throw invalidParameter('cursor')
  const place = cursor === undefined ? null : Number(cursor)
  if (order !== null) {
    // A sorted list goes on after so many rows: what it is sorted by may change between two pages.
    const skip = place ?? (page - 1) * size
    const sorted = (limit: number) => read({ after: 0, skip, limit, order })
    return readPage(size, sorted, () => String(skip + size))
  }
  const [after, skip] = place === null ? [0, (page - 1) * size] : [place, 0]
  return readPage(
    size,
    (limit) => read({ after, skip, limit }),
    (row) => String(idOf(row)),
  )
}
