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
