import type { Attempt } from '../audit/record-attempt.ts'
import { withoutBidiControls } from '../http/bidi.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { HostScope } from '../sites/site.ts'
import { newId } from '../storage/ids.ts'
import type { Region } from '../storage/region.ts'
import { comparableName, formerName } from '../users/username.ts'
import type { UsersOf } from './account-finder.ts'
import type { Device } from './device.ts'
import { countersFor, guessDigest } from './failure-counter.ts'
import { callerDigest, rememberedDigest } from './known-callers.ts'
import type { NamedAttempt } from './login-ledger.ts'

/** Of a name that was typed, in characters: whatever is longer is nobody's. */
const LONGEST_RECORDED_NAME = 256

interface Attempted {
  /** As it was typed, or as the user of a credential is called. */
  username: string
  /** Any key of the name: the one that the user is kept under, where the user is known. */
  nameKey: string
  /** Under which site failures are counted; null for the global and regional hosts. */
  siteId: number | null
  scope: HostScope
  usersOf: UsersOf
  request: RequestFacts
  /** The browser, where a page is used to log in. */
  device: Device | null
  /** What is guessed. */
  secret: string
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** An attempt to prove who one is, with what it is counted by. @param key of HMACs of names */
export async function nameAttempt(
  key: CryptoKey,
  attempted: Attempted,
): Promise<Omit<NamedAttempt, 'id'>> {
  const { username, siteId, scope, usersOf, request, device, secret, at } = attempted
  const nameKey = comparableName(attempted.nameKey)
  const from = { address: request.address, device }
  const caller = await callerDigest(key, from)
  return {
    nameKey,
    formerKey: formerName(attempted.nameKey),
    usersOf,
    counters: await countersFor(key, { nameKey, siteId }, caller),
    callerDigest: caller,
    rememberedDigest: await rememberedDigest(key, from),
    guess: await guessDigest(key, { nameKey, secret }),
    siteId,
    scope,
    username: withoutBidiControls(username).slice(0, LONGEST_RECORDED_NAME).toWellFormed(),
    address: request.address,
    userAgent: request.userAgent,
    requestId: request.id,
    at,
  }
}

/** An attempt of somebody who is not known, or known only by what another party calls them. */
export function unnamedAttempt(
  region: Region,
  { request, at, username = '' }: { request: RequestFacts; at: number; username?: string },
): Attempt {
  return {
    id: newId(region.code),
    siteId: null,
    username,
    address: request.address,
    userAgent: request.userAgent,
    requestId: request.id,
    at,
  }
}
