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
