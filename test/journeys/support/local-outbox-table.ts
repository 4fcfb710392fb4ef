import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** The outbox of a service that miniflare runs, read from D1's file. */
export class LocalOutboxTable {
  readonly #database: DatabaseSync

  constructor(stateFolder: string) {
    const folder = join(stateFolder, 'd1', 'miniflare-D1DatabaseObject')
    const databases = readdirSync(folder)
      .filter((name) => name.endsWith('.sqlite'))
      .map((name) => new DatabaseSync(join(folder, name)))
    const database = databases.find((each) => hasOutbox(each))
    if (!database) throw new Error(`No database in ${folder} has an outbox.`)
    this.#database = database
  }

  /** The pending messages. */
  kinds(): string[] {
    return this.#database
      .prepare('SELECT kind FROM outbox')
      .all()
      .map(({ kind }) => String(kind))
  }

  /** Blocks reset requests from being processed: no mail takes their place until it is released. */
  hold(): void {
    this.#database.exec(
      "CREATE TRIGGER held BEFORE UPDATE OF kind ON outbox BEGIN SELECT RAISE(ABORT, 'held'); END",
    )
  }

  release(): void {
    this.#database.exec('DROP TRIGGER held')
  }

  /** Moves the next attempt of all pending messages to the past. Only while the service is stopped. */
  makeDue(): void {
    this.#database.exec('UPDATE outbox SET next_attempt_at = 0')
  }
}

function hasOutbox(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'outbox'").get() !== undefined
}
