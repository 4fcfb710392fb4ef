import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { readBoolean } from '../../http/boolean-words.ts'
import { Refusal } from './operator-api.ts'

/** The columns of a file of users, and how the operator API takes each. */
const columns: Record<string, (value: string) => unknown> = {
  username: asIs,
  email: asIs,
  email_verified: yesOrNo,
  password_hash: asIs,
  password_set_at: asIs,
  site_admin: yesOrNo,
  language: asIs,
  disabled: yesOrNo,
  reason: () => undefined,
}

const LONGEST_RECORD = 64 * 1024

export interface UserRow {
  line: number
  /** In the order of the file's columns. */
  values: string[]
  username: string
  /** The parameters for the operator API, or what is wrong with the row. */
  user: Record<string, unknown> | string
}

/** A CSV file of users (RFC 4180, UTF-8). Its first line names the columns. */
export class UserFile {
  readonly #records: AsyncIterator<CsvRecord, void>
  readonly columns: string[]

  private constructor(columns: string[], records: AsyncIterator<CsvRecord, void>) {
    this.columns = columns
    this.#records = records
  }

  /** Opens a file and reads its first line. @throws {Refusal} */
  static async open(path: string): Promise<UserFile> {
    const records = readRecords(path)
    const { value: first } = await records.next()
    const names = (first?.record ?? []).map((name) => name.trim().toLowerCase())
    checkColumns(names)
    return new UserFile(names, records)
  }

  /** The rows in order, read on demand. @throws {Refusal} if the file is malformed */
  async *rows(): AsyncGenerator<UserRow> {
    for await (const { record, info } of { [Symbol.asyncIterator]: () => this.#records }) {
      // Spreadsheets end a file with rows of commas.
      if (record.every((value) => value.trim() === '')) continue
      yield {
        line: info.lines,
        values: record,
        username: record[this.columns.indexOf('username')] ?? '',
        user: this.#read(record),
      }
    }
  }

  #read(record: string[]): UserRow['user'] {
    const { columns: names } = this
    if (record.length !== names.length)
      return `The row has ${record.length} values, the first line ${names.length} columns.`
    if (record.some((value) => value.includes('\ufffd'))) return 'The row is not UTF-8 text.'
    try {
      const values = names.map((name, i) => [name, columns[name]?.(record[i] ?? '')] as const)
      const { password_hash, ...user } = Object.fromEntries(values)
      return { ...user, imported_password_hash: password_hash }
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}

interface CsvRecord {
  record: string[]
  info: { lines: number }
}

async function* readRecords(path: string): AsyncGenerator<CsvRecord, void> {
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: LONGEST_RECORD,
    relax_column_count: true,
    skip_empty_lines: true,
  })
  pipeline(createReadStream(path), parser, () => undefined)
  try {
    yield* parser as AsyncIterable<CsvRecord>
  } catch (error) {
    const hint = error instanceof CsvError ? ' The rows from there on were not read.' : ''
    throw new Refusal(`${path}: ${error instanceof Error ? error.message : error}.${hint}`)
  }
}

function checkColumns(names: string[]): void {
  const known = Object.keys(columns).join(', ')
  if (names.includes('password'))
    throw new Refusal(
      'Passwords are not imported, only their hashes, in the column password_hash. Take the column password out, and let its users ask for a reset. Nothing was imported.',
    )
  const unknown = names.filter((name) => !Object.hasOwn(columns, name))
  if (unknown.length > 0)
    throw new Refusal(
      `Nobody knows what ${unknown.map((name) => `"${name}"`).join(', ')} means. The first line names columns among ${known}, with commas between them. Nothing was imported.`,
    )
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice) throw new Refusal(`The column ${twice} is there twice. Nothing was imported.`)
  if (!names.includes('username'))
    throw new Refusal('There is no column username. Nothing was imported.')
}

function asIs(value: string): string | undefined {
  return value === '' ? undefined : value
}

function yesOrNo(value: string): boolean | undefined {
  if (value.trim() === '') return undefined
  const word = readBoolean(value)
  if (word === null) throw new TypeError(`"${value}" is neither true nor false.`)
  return word
}
