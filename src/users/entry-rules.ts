import { isAllowedAddress } from '../http/ip-address.ts'
import { DAY } from '../storage/clock.ts'
import type { Account } from './account.ts'

/** Who asks, as far as the rules on where users come from are about that. */
export interface Comer {
  /** As the platform states it, or a service that speaks for the caller; null where nobody does. */
  address: string | null
  /** The service that speaks for the caller; null where the caller speaks to this API itself. */
  service: string | null
}

/** In the words of the login history. */
export type KeptOut = 'disabled' | 'expired_access' | 'ip_mismatch' | 'no_restapi_permission'

/**
 * Why a user may not log in, nor use what it logged in to get; null where it may.
 * @param at milliseconds since the Unix epoch
 */
export function whyKeptOut({ user, site }: Account, comer: Comer, at: number): KeptOut | null {
  if (user.disabled) return 'disabled'
  if (user.authenticateUntil !== null && user.authenticateUntil <= at) return 'expired_access'
  if (!isAllowedAtAddress({ user, site }, comer.address)) return 'ip_mismatch'
  return user.restapiPermission || comer.service !== null ? null : 'no_restapi_permission'
}

/** Whether the user, and the site unless the user bypasses its list, let it in from an address. */
export function isAllowedAtAddress({ user, site }: Account, address: string | null): boolean {
  const lists = [user.allowedIps, user.bypassSiteAllowedIps ? '' : site.allowedIps]
  return lists.every((list) => isAllowedAddress(list, address))
}

/**
 * Whether a user has stayed away for longer than the site lets its users: it is let in no more until an admin
 * enables it. Admins are exempt: nobody could let the last one in again.
 * @param usedAt when what it comes by was used last, in milliseconds since the Unix epoch
 */
export function hasStayedAway({ user, site }: Account, at: number, usedAt = 0): boolean {
  const days = site.disableUsersFromInactivityPeriodDays
  const seenAt = Math.max(user.createdAt, user.lastLoginAt ?? 0, user.enabledAt ?? 0, usedAt)
  return days > 0 && !user.siteAdmin && seenAt + days * DAY <= at
}
