import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import { sites } from '../sites/tables.ts'
import type { Account } from './account.ts'
import { users } from './tables.ts'

/**
 * The condition that a row of `users` and its site are as they were when they were judged. Triggers raise the
 * revisions, so no statement lists columns.
 */
export function accountIsAsJudged({ user, site }: Revised): SQL {
  return sql`${users.id} = ${user.id} AND ${users.revision} = ${user.revision}
    AND EXISTS (SELECT 1 FROM ${sites} WHERE ${sites.id} = ${users.siteId}
      AND ${sites.revision} = ${site.revision})`
}

/** What a verdict compares of an account. */
export interface Revised {
  user: { id: number | Placeholder; revision: number | Placeholder }
  site: { revision: number | Placeholder }
}

/** The same for two accounts that were read. */
export function isSameAccount(a: Account | null, b: Account | null): boolean {
  if (!a || !b) return a === b
  return (
    a.user.id === b.user.id &&
    a.user.revision === b.user.revision &&
    a.site.revision === b.site.revision
  )
}
