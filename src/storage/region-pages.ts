import type * as z from 'zod'
import { integer, text } from '../http/check-parameters.ts'
import { invalidParameter } from '../http/problem.ts'
import { type Page, readPage } from './page.ts'
import type { Region, Regions } from './region.ts'

/** The parameters of lists across regions. Without a region, a list goes through all of them in turn. */
export const pageParameters = {
  region: text(64).optional().describe('One region. Default: all'),
  cursor: text(512).optional().describe('The X-Files-Cursor of the previous page'),
  per_page: integer().min(1).max(1_000).optional().describe('At most 1000. Default: 100'),
}

const DEFAULT_PAGE = 100

type RequestedPage = z.infer<z.ZodObject<typeof pageParameters>>

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
  { cursor, per_page: size = DEFAULT_PAGE }: RequestedPage,
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
