import type { Attempt } from '../audit/record-attempt.ts'
import type { HostScope } from '../sites/site.ts'
import type { Account } from '../users/account.ts'

/**
 * The users that a name can mean: those of every site on the global and regional hosts, otherwise those of one site, so
 * that a name of another site never shadows one of its own.
 */
export type UsersOf = HostScope | { kind: 'site-id'; siteId: number }

/** The user that a login names: by username, or on the site's own host also by a verified address. */
export interface NamedAccount {
  /** The name's present and former key. A user of the former key takes precedence: see nameKeys. */
  nameKey: string
  formerKey: string
  usersOf: UsersOf
  counters: Counters
  /** The digest of the caller: see known-callers.ts. */
  callerDigest: string | null
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** What a store knows of a name and a caller: the account, and until when the name is locked. */
export interface FoundAccount {
  account: Account | null
  /** The counter for failures of this caller. */
  counter: string
  /** What this counter shares with other names; null for a known caller's. See failure-counter.ts. */
  shared: string | null
  lockedUntil: number | null
  /** Whether a login deletes failures: of this counter, or of this caller if it is known to the user. */
  hasFailures: boolean
  /** When the caller was last stored as known to the user; null if it is not known. */
  seenAt: number | null
}

/** The keys of the counters for a name's failures. */
export interface Counters {
  /** The name as typed and the host's site, nothing else, so that unknown names are locked in the same way. */
  stranger: string
  /** The counter that names of the host's site share once the site has used up its counters for the day. */
  shared: string
  /** The same for one caller that is known to the user, whom strangers cannot lock out. */
  knownCaller: string
}

export interface NamedAttempt extends Attempt, NamedAccount {
  /** Returns an HMAC of name and password, which only a refusal needs. */
  guess: () => Promise<string>
  /** The digest under which the caller is known after a success: see known-callers.ts. */
  rememberedDigest: string | null
  /** The sites that the request's host serves. */
  scope: HostScope
  /** Not by a page. */
  byProgram: boolean
}
