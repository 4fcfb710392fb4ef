import { stdout } from 'node:process'
import type { Row } from './operator-api.ts'

/** Heading → field of a row, in column order. */
export type Columns = Record<string, string>

/** What a command prints: rows as they come, one row, or sentences, with the JSON to print instead of them, if any. */
export type Result =
  | { list: AsyncIterable<Row[]>; columns: Columns }
  | { row: Row }
  | { done: string[]; json?: object }

/** Prints a result for people, or as JSON. */
export async function printResult(result: Result, isJson: boolean): Promise<void> {
  if ('list' in result)
    return isJson ? printArray(result.list) : printTable(result.list, result.columns)
  const json = 'row' in result ? result.row : result.json
  if (!isJson) for (const line of 'row' in result ? linesOf(result.row) : result.done) print(line)
  else if (json) print(JSON.stringify(json, null, 2))
}

/** One line for each field. */
function linesOf(row: Row): string[] {
  const width = Math.max(...Object.keys(row).map((name) => name.length))
  return Object.entries(row).map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`)
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
