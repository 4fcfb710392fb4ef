import { type LiveApiKey, type Reach, widerParts } from '../api-keys/api-key.ts'
import type { User } from '../users/account.ts'
import { type AccessChange, grantsNoAccess, needOf } from './access-change.ts'

/**
 * What an API key can never do, whoever owns it. Each rule returns the parameters that it forbids, by their API
 * names; none if it allows the change.
 */
export const neverByKey = {
  'manage anything except itself unless its permission set is full': (_, { apiKey }) =>
    apiKey.permissionSet === 'full' ? [] : ['permission_set'],

  'manage anything but keys of its owner within its path or workspace, where it has one': (
    change,
    { apiKey, user },
  ) => {
    const names = [
      ...(apiKey.path === null ? [] : ['path']),
      ...(apiKey.workspaceId === 0 ? [] : ['workspace_id']),
    ]
    return isOwnKeyWithin(change, { apiKey, user }) ? [] : names
  },

  'manage anything except itself if the site forbids it': (_, { site }) =>
    site.apiKeysManageCredentials ? [] : ['api_keys_manage_credentials'],

  'create or promote admins': (change) => {
    const roles = ['siteAdmin', 'readonlySiteAdmin'] as const
    const given =
      change.what === 'user-created'
        ? change.settings
        : change.what === 'user-changed'
          ? change.changes
          : {}
    return roles.filter((role) => given[role]).map(nameOf)
  },

  'change the access of an admin or of its owner': (change, { user: owner }) => {
    if (needOf(change) === null) return []
    if (change.what === 'app-paired' || change.what === 'own-second-factors') return ['user_id']
    if (!('user' in change)) return []
    const { user } = change
    if (!user.siteAdmin && user.id !== owner.id) return []
    if (change.what !== 'user-changed') return ['id']
    return Object.entries(change.changes)
      .filter((one) => !grantsNoAccess(one))
      .map(([name]) => nameOf(name))
  },

  'create, change or delete keys of other admins': (change, { user }) =>
    'owner' in change && change.owner.siteAdmin && change.owner.id !== user.id ? ['user_id'] : [],

  'create a key with more access than its own, or give itself more': (change, { apiKey }) => {
    if (change.what === 'api-key-created') return widerNames(change.key, apiKey)
    return change.what === 'api-key-changed' ? widerNames(change.changes, apiKey) : []
  },

  'change the site settings that limit it, or exempt users from them': (change) => {
    if (change.what === 'sso-strategy') return ['sso_strategies']
    if (change.what === 'site') return change.columns.filter(isBound).map(nameOf)
    if (change.what === 'user-created') return exemptionsIn(change.settings)
    return change.what === 'user-changed' ? exemptionsIn(change.changes) : []
  },
} satisfies Record<string, (change: AccessChange, by: LiveApiKey) => string[]>

type NeverByKey = keyof typeof neverByKey

/** A key may always rename, narrow and revoke itself. */
const ABOUT_ITSELF: NeverByKey[] = [
  'create a key with more access than its own, or give itself more',
]

/** The rule that forbids a key a change, with the forbidden parameters; null if the change is allowed. */
export function whyNever(
  change: AccessChange,
  by: LiveApiKey,
): { line: NeverByKey; names: string[] } | null {
  const isItself = 'key' in change && 'id' in change.key && change.key.id === by.apiKey.id
  const lines = Object.entries(neverByKey) as [NeverByKey, (typeof neverByKey)[NeverByKey]][]
  for (const [line, forbidden] of lines) {
    const names = isItself && !ABOUT_ITSELF.includes(line) ? [] : forbidden(change, by)
    if (names.length > 0) return { line, names }
  }
  return null
}

function isOwnKeyWithin(
  change: AccessChange,
  { apiKey, user }: Pick<LiveApiKey, 'apiKey' | 'user'>,
): boolean {
  if (!('owner' in change) || change.owner.id !== user.id) return false
  return widerParts(change.key, apiKey).length === 0
}

function widerNames(reach: Partial<Reach>, bound: Reach): string[] {
  return widerParts(reach, bound).map(nameOf)
}

/** The rules that also hold for callers who create or use keys. */
const BOUNDS = ['apiKeysManageCredentials', 'allowedIps', 'domain', 'domainVerifiedAt', 'subdomain']

function isBound(column: string): boolean {
  return BOUNDS.includes(column) || /2fa/i.test(column)
}

/** A user who is exempt from a site's rule is a way around it. */
function exemptionsIn({ require2fa, bypassSiteAllowedIps }: Partial<User>): string[] {
  return [
    ...(require2fa === 'never_require' ? ['require_2fa'] : []),
    ...(bypassSiteAllowedIps ? ['bypass_site_allowed_ips'] : []),
  ]
}

/** Returns a column's API name: `allowedIps` → `allowed_ips`, `require2fa` → `require_2fa`. */
export function nameOf(column: string): string {
  return OTHER_NAMES[column] ?? column.replace(/2fa|[A-Z]/g, (part) => `_${part.toLowerCase()}`)
}

const OTHER_NAMES: Record<string, string> = {
  passwordHash: 'password',
  rootPath: 'user_root',
  emailKey: 'email',
  verifiedEmailKey: 'email',
  domainVerifiedAt: 'domain',
}
