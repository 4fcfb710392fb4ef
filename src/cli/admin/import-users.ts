import { appendFileSync, existsSync } from 'node:fs'
import { stdout } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { createSecretFile } from '../keys.ts'
import { type OperatorApi, pathSegment, Refusal } from './operator-api.ts'
import { print, shown } from './output.ts'
import { UserFile, type UserRow } from './user-file.ts'

/** Parallel rows: enough to hide the network's latency, few enough for one isolate. */
const ROWS_AT_ONCE = 4
const MOST_TRIES = 4
const FIRST_WAIT_MS = 1_000

interface Ended {
  row: UserRow
  outcome: Outcome
  reason: string
}

/**
 * Creates the users of a CSV file in order, and says why a user was not created. Existing users stay as they are, so
 * a file can be imported again.
 * @throws {Refusal} if not every row could be tried
 */
export async function importUsers(
  api: OperatorApi,
  path: string,
  { site, report, json }: { site: string; report?: string | undefined; json: boolean },
): Promise<void> {
  await api.show(`/sites/${pathSegment(site)}`)
  const file = await UserFile.open(path)
  const refused = report === undefined ? null : new RefusedRows(report, file.columns)
  const progress = new ImportProgress({ json })
  try {
    const ends = inOrder(file.rows(), (row) => importRow(api, site, row))
    for await (const { row, outcome, reason } of ends) {
      progress.add({ line: row.line, username: row.username, outcome, reason })
      if (outcome === 'refused') refused?.add(file.columns, row.values, reason)
    }
  } finally {
    progress.end()
  }
  if (progress.counts.refused > 0) process.exitCode = 1
}

async function importRow(api: OperatorApi, site: string, row: UserRow): Promise<Ended> {
  if (typeof row.user === 'string') return { row, outcome: 'refused', reason: row.user }
  const user = row.user
  try {
    await persistently(() => api.create('/users', { ...user, site }))
    return { row, outcome: 'imported', reason: '' }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (!isAboutTheRow(error)) throw stopped(row, error)
    if (error.status === 422 && (await siteOf(api, row.username)) === site)
      return { row, outcome: 'already_there', reason: `${row.username} was not changed.` }
    return { row, outcome: 'refused', reason: error.message }
  }
}

async function siteOf(api: OperatorApi, username: string): Promise<unknown> {
  try {
    return (await persistently(() => api.show(`/users/${pathSegment(username)}`))).site
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

function isAboutTheRow({ status }: Refusal): boolean {
  return status === 400 || status === 413 || status === 422
}

function stopped({ line }: UserRow, { message }: Refusal): Refusal {
  return new Refusal(
    `Stopped at line ${line}: ${message} Run the same command again. Users who were created stay as they are.`,
  )
}

/** Repeats an attempt, after a while, that failed for a temporary reason. */
async function persistently<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++)
    try {
      return await attempt()
    } catch (error) {
      const passes = error instanceof Refusal && (error.status === null || error.status >= 500)
      if (!passes || tries === MOST_TRIES) throw error
      await wait(FIRST_WAIT_MS * 2 ** (tries - 1))
    }
}

/**
 * Works on several items at once and yields the results in order. Started items are finished before an error is
 * thrown.
 */
async function* inOrder<Item, Result>(
  items: AsyncIterator<Item>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = []
  let failure: unknown
  for (let ended = false; !ended || underWay.length > 0; ) {
    if (ended || underWay.length === ROWS_AT_ONCE) yield underWay.shift() as Promise<Result>
    else
      try {
        const { done, value } = await items.next()
        if (done) ended = true
        else underWay.push(handled(work(value)))
      } catch (error) {
        failure = error
        ended = true
      }
  }
  if (failure) throw failure
}

/** Marks a promise as handled, so that a rejection that is read later does not end the process. */
function handled<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined)
  return promise
}

/**
 * Writes a CSV file of the refused rows, each with the reason, to be corrected and imported again. The file is
 * created with the first refused row and is readable by its owner only, because it contains hashes.
 */
class RefusedRows {
  readonly #path: string
  readonly #columns: string[]

  /** @throws {Refusal} if the file exists */
  constructor(path: string, columns: string[]) {
    if (existsSync(path)) throw new Refusal(`There is a ${path} already. Nothing was imported.`)
    this.#path = path
    this.#columns = columns.filter((column) => column !== 'reason')
  }

  /** Writes one row. @param values in the order of `columns` */
  add(columns: string[], values: string[], reason: string): void {
    if (!existsSync(this.#path)) createSecretFile(this.#path, csvLine([...this.#columns, 'reason']))
    const kept = this.#columns.map((column) => values[columns.indexOf(column)] ?? '')
    appendFileSync(this.#path, csvLine([...kept, reason]))
  }
}

function csvLine(values: string[]): string {
  const written = values.map((value) =>
    /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
  )
  return `${written.join(',')}\n`
}

export type Outcome = 'imported' | 'already_there' | 'refused'

interface ImportedRow {
  line: number
  username: string
  outcome: Outcome
  reason: string
}

/** Prints rows that were not imported as they come, and at the end the number of rows of each result. */
class ImportProgress {
  readonly counts: Record<Outcome, number> = { imported: 0, already_there: 0, refused: 0 }
  readonly #json: boolean
  #separator = '{"rows":[\n'

  constructor({ json }: { json: boolean }) {
    this.#json = json
  }

  add(row: ImportedRow): void {
    this.counts[row.outcome]++
    if (row.outcome !== 'imported') this.#print(row)
  }

  #print(row: ImportedRow): void {
    if (this.#json) {
      stdout.write(this.#separator + JSON.stringify(row))
      this.#separator = ',\n'
    } else {
      const { line, username, outcome, reason } = row
      print(shown(`line ${line}, ${username || 'nobody'}: ${inWords(outcome)}. ${reason}`))
    }
  }

  end(): void {
    if (this.#json) {
      const open = this.#separator.startsWith('{') ? this.#separator : '\n'
      print(`${open}],${JSON.stringify(this.counts).slice(1)}`)
    } else {
      const parts = Object.entries(this.counts).map(
        ([outcome, rows]) => `${rows.toLocaleString('en')} ${inWords(outcome)}`,
      )
      print(`${parts.join(', ')}.`)
    }
  }
}

function inWords(outcome: string): string {
  return outcome.replaceAll('_', ' ')
}
