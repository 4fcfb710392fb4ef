import type { SQL } from 'drizzle-orm'
import type * as z from 'zod'
import { integer, text } from '../http/check-parameters.ts'
import { invalidParameter } from '../http/problem.ts'
import type { Region, Regions } from './region.ts'

/** One page of a list, and the cursor of the next. */
export interface Page<Row> {
  rows: Row[]
  /** Null on the last page. */
  next: string | null
  /** `X-Files-Cursor`, unless this is the last page. */
  headers: { 'X-Files-Cursor'?: string }
}

/**
 * Reads a page, and one row more to know whether another page follows: clients that page automatically do not expect
 * an empty page.
 */
export async function readPage<Row>(
  limit: number,
  read: (limit: number) => Promise<Row[]>,
  cursorOf: (row: Row) => string,
): Promise<Page<Row>> {
  const found = await read(limit + 1)
  const rows = found.slice(0, limit)
  const last = found.length > limit ? rows.at(-1) : undefined
  const next = last === undefined ? null : cursorOf(last)
  return { rows, next, headers: next === null ? {} : { 'X-Files-Cursor': next } }
}

const DEFAULT_PAGE = 100
const cursor = text(512).optional().describe('The X-Files-Cursor of the previous page')

/** The parameters of lists ordered by id: a page number, or a cursor. */
export const idPageParameters = {
  page: integer().min(1).optional(),
  per_page: integer().min(1).max(1_000).optional().describe('Default: 100'),
  cursor,
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
  requested: z.infer<z.ZodObject<typeof idPageParameters>>,
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

/** The parameters of lists across regions. Without a region, a list goes through all of them in turn. */
export const pageParameters = {
  region: text(64).optional().describe('One region. Default: all'),
  cursor,
  per_page: integer().min(1).max(1_000).optional().describe('At most 1000. Default: 100'),
}

/** Rows that live in several regions: how to read on from a position in one region, and a row's position. */
interface RegionalRows<Row> {
  read: (region: Region, after: string | null, limit: number) => Promise<Row[]>
  placeOf: (row: Row) => string
}

interface RegionalRow<Row> {
  region: Region
  row: Row
}

/**
 * Reads one page, region after region. The cursor has the region and the position of the last row.
 * @throws {Problem} request-params-invalid
 */
export function readRegionalPage<Row>(
  regions: readonly Region[],
  { cursor, per_page: size = DEFAULT_PAGE }: z.infer<z.ZodObject<typeof pageParameters>>,
  { read, placeOf }: RegionalRows<Row>,
): Promise<Page<RegionalRow<Row>>> {
  const after = cursor === undefined ? null : readCursor(cursor, regions)
  const readRegions = async (limit: number) => {
    const rows: RegionalRow<Row>[] = []
    for (const region of regions.slice(after ? regions.indexOf(after.region) : 0)) {
      const position = region === after?.region ? after.position : null
      for (const row of await read(region, position, limit - rows.length))
        rows.push({ region, row })
      if (rows.length === limit) break
    }
    return rows
  }
  return readPage(size, readRegions, ({ region, row }) => `${region.name}:${placeOf(row)}`)
}

/** The named region, or all of them. @throws {Problem} request-params-invalid */
export function requestedRegions(regions: Regions, name: string | undefined): readonly Region[] {
  return name === undefined ? regions.all : [requestedRegion(regions, name)]
}

/** @throws {Problem} request-params-invalid */
export function requestedRegion(regions: Regions, name: string): Region {
  const region = regions.withName(name)
  if (!region) throw invalidParameter('region')
  return region
}

/** Reads the integers of a position. @throws {Problem} request-params-invalid */
export function readPosition(position: string | null): number[] {
  if (position === null) return []
  if (!/^\d{1,16}(-\d{1,16})*$/.test(position)) throw invalidParameter('cursor')
  return position.split('-').map(Number)
}

function readCursor(cursor: string, regions: readonly Region[]) {
  const [, name, position = ''] = /^([^:]+):(.+)$/.exec(cursor) ?? []
  const region = regions.find((region) => region.name === name)
  if (!region) throw invalidParameter('cursor')
  return { region, position }
}
