import { type SQL, sql } from 'drizzle-orm'
import { areOfOneNetwork } from '../http/ip-address.ts'
import { type Client, whyUseDenied } from '../login/policy.ts'
import type { HostScope, Site } from '../sites/site.ts'
import { HOUR, MINUTE } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import type { Account } from '../users/account.ts'
import type { apiKeys } from './tables.ts'

export type ApiKeyRow = typeof apiKeys.$inferSelect

export type PermissionSet = ApiKeyRow['permissionSet']

/** A key that was found, with its user and site. */
export interface LiveApiKey extends Account {
  apiKey: ApiKeyRow
}

/** The shortest time between two stored uses. */
export const KEY_TOUCH_INTERVAL_MS = 5 * MINUTE

/** A paired app uses its key at once, or has lost it. */
export const UNUSED_PAIRING_MS = 10 * MINUTE

/** Whether a paired key has been unused for too long. */
function isAbandoned(
  key: Pick<ApiKeyRow, 'pairingDigest' | 'lastUsedAt' | 'createdAt'>,
  now: number,
): boolean {
  return (
    key.pairingDigest !== null &&
    key.lastUsedAt === null &&
    key.createdAt + UNUSED_PAIRING_MS <= now
  )
}

/** Whether a row of `api_keys` has neither expired nor been abandoned. The sweep may take a day to delete such a row. */
export function isKeyActive(at: number): SQL {
  return sql`(coalesce(expires_at > ${at}, 1) AND (pairing_digest IS NULL OR last_used_at IS NOT NULL
    OR created_at > ${at - UNUSED_PAIRING_MS}))`
}

/** What decides about a request by key. */
interface KeyUse {
  now: number
  scope: HostScope
  client: Client
  /** The user's region. */
  home: Region
}

/** Returns why a key must be refused; null if it is valid. */
export function whyKeyRefused(live: LiveApiKey, use: KeyUse): string | null {
  const { scope, client, home, now: at } = use
  const usedAt = live.apiKey.lastUsedAt ?? live.apiKey.createdAt
  const request = { scope, client, home, at, by: 'api-key', usedAt } as const
  return whyUseDenied(live, request, whyInvalid(live, use))
}

/** Returns why the key itself is invalid, whatever the policy says about its user. */
function whyInvalid({ apiKey, site }: LiveApiKey, { now, client }: KeyUse): string | null {
  if ((keyExpiry(apiKey, site) ?? now + 1) <= now) return 'key expired'
  if (isAbandoned(apiKey, now)) return 'key not used in time after pairing'
  return apiKey.permissionSet === 'desktop_app'
    ? whyAppRefused({ apiKey, site }, client.address)
    : null
}

function whyAppRefused(
  { apiKey, site }: Pick<LiveApiKey, 'apiKey' | 'site'>,
  address: string | null,
): string | null {
  if (!site.desktopApp) return 'desktop apps are off'
  const isPinned = site.desktopAppSessionIpPinning
  return isPinned && !areOfOneNetwork(apiKey.address, address) ? 'key of another network' : null
}

/**
 * When a key expires, in milliseconds since the Unix epoch; null for never. A desktop app's key also expires by the
 * site's current setting, if that is earlier.
 */
function keyExpiry(
  { permissionSet, createdAt, expiresAt }: ApiKeyRow,
  { desktopAppSessionLifetime: hours }: Pick<Site, 'desktopAppSessionLifetime'>,
): number | null {
  const bySite = permissionSet === 'desktop_app' && hours > 0 ? createdAt + hours * HOUR : null
  const ends = [expiresAt, bySite].filter((end) => end !== null)
  return ends.length > 0 ? Math.min(...ends) : null
}

/** The scope of an API key: its permissions, its folder, its lifetime. */
export type Reach = Pick<ApiKeyRow, 'permissionSet' | 'path' | 'workspaceId' | 'expiresAt'>

/** The changeable parts of an API key. */
export type KeyChanges = Partial<
  Omit<Reach, 'workspaceId'> & Pick<ApiKeyRow, 'name' | 'description'>
>

/** The parts of a scope by their API names. */
export const reachNames = {
  permissionSet: 'permission_set',
  path: 'path',
  workspaceId: 'workspace_id',
  expiresAt: 'expires_at',
} as const

/** The parts of a scope that are wider than another's. */
export function widerParts(reach: Partial<Reach>, bound: Reach): (keyof Reach)[] {
  const { permissionSet, path, workspaceId, expiresAt } = reach
  const wider: (keyof Reach)[] = []
  if (permissionSet !== undefined && !isSetWithin(permissionSet, bound.permissionSet))
    wider.push('permissionSet')
  if (path !== undefined && !isPathWithin(path, bound.path)) wider.push('path')
  if (workspaceId !== undefined && ![0, workspaceId].includes(bound.workspaceId))
    wider.push('workspaceId')
  if (expiresAt !== undefined && !endsWithin(expiresAt, bound.expiresAt)) wider.push('expiresAt')
  return wider
}

/** Sets for apps and file servers cannot be compared: only `full` contains all others, and `none` contains nothing. */
function isSetWithin(set: Reach['permissionSet'], bound: Reach['permissionSet']): boolean {
  return bound === 'full' || set === bound || set === 'none'
}

/** Paths are compared exactly. File servers may treat two paths as one, but never one as two. */
function isPathWithin(path: string | null, bound: string | null): boolean {
  return bound === null || path === bound || (path?.startsWith(`${bound}/`) ?? false)
}

function endsWithin(expiresAt: number | null, bound: number | null): boolean {
  return bound === null || (expiresAt !== null && expiresAt <= bound)
}

/**
 * Reads a path in its stored form, without slashes at its ends; null for none.
 * @returns undefined if it is not a path to a folder, because `..` could lead out of another key's folder
 */
export function readPath(sent: string): string | null | undefined {
  const path = sent.replace(/^\/+|\/+$/g, '')
  if (path === '') return null
  const isPlain = path.split('/').every((name) => !['', '.', '..'].includes(name.trim()))
  return isPlain && !path.includes('\\') ? path : undefined
}
