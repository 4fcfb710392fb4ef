import { appendFileSync, existsSync } from 'node:fs'
import { createSecretFile } from '../secret-file.ts'
import { Refusal } from './operator-api.ts'

/**
 * Writes a CSV file of the refused rows, each with the reason, to be corrected and imported again. The file is
 * created with the first refused row and is readable by its owner only, because it contains hashes.
 */
export class RefusedRows {
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
