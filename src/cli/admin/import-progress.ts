import { stdout } from 'node:process'
import { print, shown } from './output.ts'

export type Outcome = 'imported' | 'already_there' | 'refused'

interface ImportedRow {
  line: number
  username: string
  outcome: Outcome
  reason: string
}

/** Prints rows that were not imported as they come, and at the end the number of rows of each result. */
export class ImportProgress {
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
