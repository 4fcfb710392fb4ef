import { stdout } from 'node:process'
import type { Row } from './operator-api.ts'

/** Heading → field of a row, in column order. */
export type Columns = Record<string, string>

/** Prints rows as they come: a table for people, or one JSON array. */
export async function printList(
  pages: AsyncIterable<Row[]>,
  { json, columns }: { json: boolean; columns: Columns },
): Promise<void> {
  await (json ? printArray(pages) : printTable(pages, columns))
}

/** Prints one row: one line for each field, or JSON. */
export function printRow(row: Row, { json }: { json: boolean }): void {
  const width = Math.max(...Object.keys(row).map((name) => name.length))
  const lines = Object.entries(row).map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`)
  if (json) printJson(row)
  else print(lines.join('\n'))
}

export function printJson(value: object): void {
  print(JSON.stringify(value, null, 2))
}

/** Prints what was done, unless the output is JSON. */
export function printDone(message: string, { json }: { json: boolean }): void {
  if (!json) print(message)
}

async function printArray(pages: AsyncIterable<Row[]>): Promise<void> {
  let separator = '[\n'
  for await (const rows of pages)
    for (const row of rows) {
      stdout.write(separator + JSON.stringify(row))
      separator = ',\n'
    }
  print(separator === '[\n' ? '[]' : '\n]')
}

/** The first page decides the column widths. */
async function printTable(pages: AsyncIterable<Row[]>, columns: Columns): Promise<void> {
  const headings = Object.keys(columns)
  let widths: number[] | undefined
  for await (const rows of pages) {
    const lines = rows.map((row) =>
      Object.values(columns).map((field) => shown(row[field] ?? null)),
    )
    if (!widths) {
      if (lines.length === 0) return print('None.')
      widths = headings.map((heading, i) =>
        Math.max(heading.length, ...lines.map((line) => line[i]?.length ?? 0)),
      )
      printLine(headings, widths)
    }
    for (const line of lines) printLine(line, widths)
  }
}

function printLine(cells: string[], widths: number[]): void {
  print(
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Removes characters that a terminal would take as commands. */
export function shown(value: Row[string]): string {
  if (value === null) return '-'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value).replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd')
}

export function print(line: string): void {
  stdout.write(`${line}\n`)
}
