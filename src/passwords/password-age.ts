import { DAY } from '../storage/clock.ts'
import type { Account } from '../users/account.ts'

/**
 * Whether the user must choose another password before anything else: somebody else set it, or it is
 * older than the user's or site's rules allow. A shared user is exempt: its password is nobody's to change.
 * @param now milliseconds since the Unix epoch
 */
export function mustChangePassword({ user, site }: Account, now: number): boolean {
  if (!user.selfManaged) return false
  const validityDays = user.passwordValidityDays ?? site.passwordValidityDays
  const setAt = user.passwordSetAt ?? user.createdAt
  return user.requirePasswordChange || (validityDays > 0 && setAt + validityDays * DAY <= now)
}
