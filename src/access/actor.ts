import type { ApiKeyRow } from '../api-keys/api-key.ts'
import type { Authority } from '../audit/authority.ts'
import type { Acting } from '../audit/event-by.ts'
import type { Account } from '../users/account.ts'
import type { AccessChange } from './access-change.ts'

/**
 * Who acts: a user, by a session or an API key. Whatever changes who can get in asks here first, with what it is about
 * to change, and hands the answer on to its store.
 */
export interface Actor extends Omit<Acting, 'request'> {
  live: Account
  /** The API key that the user acts by; null for a session. */
  apiKey: ApiKeyRow | null
  /**
   * A session needs recent authentication; for an API key, what keys never do decides in its place.
   * @throws {Problem} reauthentication-needed-action, reauthentication-failed; insufficient-permission-for-params
   */
  authorize: (change: AccessChange) => Promise<Authority>
}

/** An actor, by one request. */
export type ActorOf<Request> = Actor & { request: Request }
