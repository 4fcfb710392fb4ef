import { countersOf } from '../login/failure-counter.ts'
import type { LoginLedger } from '../login/login-ledger.ts'
import type { Clock } from '../storage/clock.ts'
import type { Region } from '../storage/region.ts'
import type { User } from './account.ts'

export interface LockedUntilNeeds {
  clock: Clock
  nameDigestKey: CryptoKey
  ledgerIn: (region: Region) => LoginLedger
}

/**
 * Until when users are locked out after failures, in milliseconds since the Unix epoch, by their ids; who is
 * not is left out. The last of a user's locks counts: each is of one host, or of one known address.
 */
export async function lockedUntil(
  { clock, nameDigestKey, ledgerIn }: LockedUntilNeeds,
  region: Region,
  users: User[],
): Promise<Map<number, number>> {
  const counted = await Promise.all(
    users.map(async (user) => [user.id, await countersOf(nameDigestKey, user)] as const),
  )
  const counters = counted.flatMap(([, ofUser]) => ofUser)
  const locks = await ledgerIn(region).locksOf(counters, clock())
  const ends = counted.map(
    ([id, ofUser]) => [id, Math.max(0, ...ofUser.map((one) => locks.get(one) ?? 0))] as const,
  )
  return new Map(ends.filter(([, end]) => end > 0))
}
