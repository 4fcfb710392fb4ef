import type { ApiKeyRow } from '../api-keys/api-key.ts'
import type { Authority, EventActor } from '../audit/credential-event.ts'
import type { RequestFacts } from '../http/request-facts.ts'
import type { Account } from '../users/account.ts'
import type { AccessChange } from './access-change.ts'

/**
 * The user who acts, by a session or an API key. Every change of access calls `authorize` first, describes the
 * change, and passes the result to its store.
 */
export interface Actor extends Omit<EventActor, 'request'> {
  live: Account
  /** The API key in use; null for a session. */
  apiKey: ApiKeyRow | null
  /**
   * A session needs recent authentication. For an API key, never-by-key.ts decides.
   * @throws {Problem} reauthentication-needed-action, reauthentication-failed; insufficient-permission-for-params
   */
  authorize: (change: AccessChange) => Promise<Authority>
}

/** An actor, with the request that they made. */
export interface Requester extends Actor {
  request: RequestFacts
  /** Of texts for users and sites without a language of their own. */
  language: string
}
