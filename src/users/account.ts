import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Site } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import { packedRow } from '../storage/packed-row.ts'
import { users } from './tables.ts'

export type User = typeof users.$inferSelect

/** The protocols that a user may use, for front ends of those protocols. */
export const protocolPermissions = {
  ftp_permission: z.boolean(),
  sftp_permission: z.boolean(),
  dav_permission: z.boolean(),
  restapi_permission: z.boolean(),
}

export type Protocol = 'ftp' | 'sftp' | 'dav' | 'restapi'

export function permissionsOf(user: User): Record<`${Protocol}_permission`, boolean> {
  return {
    ftp_permission: user.ftpPermission,
    sftp_permission: user.sftpPermission,
    dav_permission: user.davPermission,
    restapi_permission: user.restapiPermission,
  }
}

/** Whether a user sees what only site admins see. To change something, they need `siteAdmin` itself. */
export function seesSite({
  siteAdmin,
  readonlySiteAdmin,
}: Pick<User, 'siteAdmin' | 'readonlySiteAdmin'>): boolean {
  return siteAdmin || readonlySiteAdmin
}

/** A user and their site, read in one statement. */
export interface Account {
  user: User
  site: Site
}

const packedUser = packedRow(users, 'user')
const packedSite = packedRow(sites, 'site')

export const accountColumns = { user: packedUser.column, site: packedSite.column }

export function readAccount(user: unknown, site: unknown): Account {
  return { user: packedUser.read(user), site: packedSite.read(site) }
}

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
interface Revised {
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

/**
 * Whether the present address of a user is verified by a proof that no tenant could forge: a password set by a code
 * that was mailed there, an identity provider whose directory no tenant influences, the site's own verified domain,
 * or the operator's word.
 */
export function isVerifiedOwner({
  emailKey,
  verifiedEmailKey,
}: Pick<User, 'emailKey' | 'verifiedEmailKey'>): boolean {
  return emailKey !== null && emailKey === verifiedEmailKey
}
