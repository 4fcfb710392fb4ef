import type { ApiKeyRow, KeyChanges, Reach } from '../api-keys/api-key.ts'
import type { Site } from '../sites/site.ts'
import { MINUTE } from '../storage/clock.ts'
import type { User } from '../users/account.ts'

/** A change of who can log in or what they can do, described by a use case before it makes the change. */
export type AccessChange =
  /** The columns that change; `domainVerifiedAt` if a domain is verified. */
  | { what: 'site'; columns: string[] }
  | { what: 'sso-strategy' }
  | { what: 'user-created'; settings: Partial<User> }
  /** The columns that change, with their new values. */
  | { what: 'user-changed'; user: User; changes: Partial<User> }
  | { what: AboutUser; user: Pick<User, 'id' | 'siteAdmin'> }
  /** Made by users for themselves. */
  | { what: 'own-second-factors' }
  | { what: 'app-paired' }
  | { what: 'api-key-created'; owner: User; key: Reach }
  | { what: 'api-key-changed'; owner: User; key: ApiKeyRow; changes: KeyChanges }
  | { what: 'api-key-revoked'; owner: User; key: ApiKeyRow }

type AboutUser =
  | 'user-deleted'
  | 'user-unlocked'
  | 'user-invited'
  | 'second-factors-reset'
  | 'sso-identity-removed'

/** The authentication that a session needs, and its highest age. */
export interface Need {
  by: 'authenticatedAt' | 'secondFactorAt'
  withinMs: number
}

export const RECENT_MS = 10 * MINUTE
/** Shorter, because an app may run on anybody's computer. */
export const RECENT_FOR_APP_MS = 5 * MINUTE

/**
 * Returns what each change needs; null for changes that grant no access. A change or column that is not listed here
 * needs recent authentication, also one that is added later.
 */
export function needOf(change: AccessChange): Need | null {
  switch (change.what) {
    case 'site':
      return change.columns.every((name) => OPEN_SITE_COLUMNS.includes(name)) ? null : recent
    case 'user-changed':
      return Object.entries(change.changes).every(grantsNoAccess) ? null : recent
    case 'api-key-changed':
      return Object.keys(change.changes).every((name) => OPEN_KEY_COLUMNS.includes(name))
        ? null
        : recent
    case 'api-key-revoked':
      return null
    case 'own-second-factors':
      return { by: 'secondFactorAt', withinMs: RECENT_MS }
    case 'app-paired':
      return { by: 'authenticatedAt', withinMs: RECENT_FOR_APP_MS }
    default:
      return recent
  }
}

const recent: Need = { by: 'authenticatedAt', withinMs: RECENT_MS }

/** Columns of a site that grant no access. */
const OPEN_SITE_COLUMNS: string[] = [
  'name',
  'language',
  'accentColor',
  'logoDigest',
  'loginHelpText',
  'welcomeEmailEnabled',
  'useProvidedModifiedAt',
  'windowsModeFtp',
] satisfies (keyof Site)[]

const OPEN_KEY_COLUMNS: string[] = ['name', 'description'] satisfies (keyof ApiKeyRow)[]

const OPEN_USER_COLUMNS: string[] = ['language', 'timeZone', 'profile'] satisfies (keyof User)[]

/** Columns of a user that grant no access. Disabling a user only takes access away. */
export function grantsNoAccess([name, value]: [string, unknown]): boolean {
  return OPEN_USER_COLUMNS.includes(name) || (name === 'disabled' && value === true)
}
