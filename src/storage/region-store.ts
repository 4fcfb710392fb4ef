import type { Database, ReplicatedDatabase } from './regional-database.ts'
import type { SentForms } from './sent-forms.ts'

/** What every store of a region works with: the region's database, and the form that the request sent. */
export abstract class RegionStore {
  protected readonly database: ReplicatedDatabase
  protected readonly forms: SentForms

  constructor(database: ReplicatedDatabase, forms: SentForms) {
    this.database = database
    this.forms = forms
  }

  /** The primary, which takes all writes. */
  protected get db(): Database {
    return this.database.primary
  }
}
