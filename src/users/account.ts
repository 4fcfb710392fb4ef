import type { Site } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import { aliasedColumns } from '../storage/aliased-columns.ts'
import { users } from './tables.ts'

export type User = typeof users.$inferSelect

/** A user and the site it belongs to, read in one statement. */
export interface Account {
  user: User
  site: Site
}

export const accountColumns = {
  user: aliasedColumns(users, 'user'),
  site: aliasedColumns(sites, 'site'),
}
