import { areOfOneNetwork } from '../http/ip-address.ts'
import { type HostScope, inScope, type Site } from '../sites/site.ts'
import { HOUR, MINUTE } from '../storage/clock.ts'
import type { Account } from '../users/account.ts'
import { type Comer, hasStayedAway, whyKeptOut } from '../users/entry-rules.ts'
import type { apiKeys } from './tables.ts'

export type ApiKeyRow = typeof apiKeys.$inferSelect

export type PermissionSet = ApiKeyRow['permissionSet']

/** A key that was found, with whose it is. */
export interface LiveApiKey extends Account {
  apiKey: ApiKeyRow
}

/** How often the last use of a key is written at most. */
export const KEY_TOUCH_INTERVAL_MS = 5 * MINUTE

/** A paired app takes its key up at once, or has lost it. */
export const UNUSED_PAIRING_MS = 10 * MINUTE

/** Whether a key that was fetched by pairing has gone unused for too long. */
export function isAbandoned(
  key: Pick<ApiKeyRow, 'pairingDigest' | 'lastUsedAt' | 'createdAt'>,
  now: number,
): boolean {
  return (
    key.pairingDigest !== null &&
    key.lastUsedAt === null &&
    key.createdAt + UNUSED_PAIRING_MS <= now
  )
}

/** What a request by key is judged on. */
export interface KeyUse {
  now: number
  scope: HostScope
  comer: Comer
}

/** Why a key found in storage must be refused now, or null when it is good. */
export function whyKeyRefused({ apiKey, user, site }: LiveApiKey, use: KeyUse): string | null {
  const keptOut = whyKeptOut({ user, site }, use.comer, use.now)
  if (keptOut) return `user kept out: ${keptOut}`
  if (hasStayedAway({ user, site }, use.now, apiKey.lastUsedAt ?? apiKey.createdAt))
    return 'user has stayed away'
  if ((keyExpiry(apiKey, site) ?? use.now + 1) <= use.now) return 'key expired'
  if (isAbandoned(apiKey, use.now)) return 'key not used in time after pairing'
  if (!inScope(use.scope, site)) return 'key of another site'
  return apiKey.permissionSet === 'desktop_app'
    ? whyAppRefused({ apiKey, site }, use.comer.address)
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
 * When a key ends, in milliseconds since the Unix epoch; null: it lasts. An app's does after what the site
 * says now, if that is sooner than what it said when the app was paired.
 */
export function keyExpiry(
  { permissionSet, createdAt, expiresAt }: ApiKeyRow,
  { desktopAppSessionLifetime: hours }: Pick<Site, 'desktopAppSessionLifetime'>,
): number | null {
  const bySite = permissionSet === 'desktop_app' && hours > 0 ? createdAt + hours * HOUR : null
  const ends = [expiresAt, bySite].filter((end) => end !== null)
  return ends.length > 0 ? Math.min(...ends) : null
}
