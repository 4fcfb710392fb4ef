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
