const encoder = new TextEncoder()

/**
 * Rows as CSV (RFC 4180), page by page, so that memory holds one page at a time.
 * @param nextPage null after the last, and never empty: nothing would be asked for after that
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
 * Never a formula: what begins like one, in full width too, is a text to spreadsheets (OWASP, CSV injection). Every
 * cell is quoted, since some of them part cells by semicolons.
 */
function field(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
