import type { Attempt } from '../audit/record-attempt.ts'
import type { HostScope } from '../sites/site.ts'
import type { Account } from '../users/account.ts'

/**
 * Whose users a name can mean: those of every site on the global and regional hosts, else those of one site
 * alone, so that no name of another site can shadow one of its own.
 */
export type UsersOf = HostScope | { kind: 'site-id'; siteId: number }

/** Whom a login names: by username, or on its site's own host by a verified address. */
export interface NamedAccount {
  /** The name as it is compared, and as it was before: a user of that one is meant first. See nameKeys. */
  nameKey: string
  formerKey: string
  usersOf: UsersOf
  counters: Counters
  /** Of the caller: see known-callers.ts. */
  callerDigest: string | null
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** What a store knows of a name and caller: whose it is, and until when it is locked. */
export interface FoundAccount {
  account: Account | null
  /** Where failures of this caller are counted. */
  counter: string
  /** What this counter shares with other names; null for a known caller's. See failure-counter.ts. */
  shared: string | null
  lockedUntil: number | null
  /** Whether a login has failures to forget: of this counter, or of this caller where it is known to the user. */
  hasFailures: boolean
  /** When the caller was last noted as known to the user; null where it is not known. */
  seenAt: number | null
}

/** Under what failures of a name are counted. */
export interface Counters {
  /** The name as typed and the host's site, nothing else: names that nobody has are locked alike. */
  stranger: string
  /** What it shares with other names of the host's site, once that site may add no more counters in a day. */
  shared: string
  /** The same for one address that is known to the user: strangers cannot lock it out. */
  knownCaller: string
}

/** An attempt with a name and a password. */
export interface NamedAttempt extends Attempt, NamedAccount {
  /** An HMAC of name and password. */
  guess: string
  /** Under what the caller is known from a success on; see known-callers.ts. */
  rememberedDigest: string | null
  /** The sites that the request's host speaks for. */
  scope: HostScope
  /** Not by a page. */
  byProgram: boolean
}
