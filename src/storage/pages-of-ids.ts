import { integer, text } from '../http/check-parameters.ts'
import { Problem } from '../http/problem.ts'

const DEFAULT_PAGE = 100

/** What lists in the order of their ids take: a number of a page, or where the page before ended. */
export const idPageParameters = {
  page: integer().min(1).optional(),
  per_page: integer().min(1).max(1_000).optional().describe('100 unless given'),
  cursor: text(512).optional().describe('The X-Files-Cursor of the page before'),
}

/** The rows of one page: those with ids over `after`, `skip` of them left out. */
export interface IdPage {
  after: number
  skip: number
  limit: number
}

/** @throws {Problem} request-params-invalid */
export function readIdPage(sent: {
  page?: number | undefined
  per_page?: number | undefined
  cursor?: string | undefined
}): IdPage {
  const { cursor, page = 1, per_page: limit = DEFAULT_PAGE } = sent
  if (cursor === undefined) return { after: 0, skip: (page - 1) * limit, limit }
  if (!/^\d{1,16}$/.test(cursor))
    throw new Problem('bad-request/request-params-invalid', { values: { name: 'cursor' } })
  return { after: Number(cursor), skip: 0, limit }
}

/** What leads to the next page; nothing where this one is not full. */
export function nextIdPage(
  rows: { id: number }[],
  { limit }: IdPage,
): { 'X-Files-Cursor'?: string } {
  const last = rows.length === limit ? rows.at(-1) : undefined
  return last ? { 'X-Files-Cursor': String(last.id) } : {}
}
