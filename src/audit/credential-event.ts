import { type SQL, sql } from 'drizzle-orm'
import type { RequestFacts } from '../http/request-facts.ts'
import { newId } from '../storage/ids.ts'
import { insertFrom } from '../storage/insert-from.ts'
import type { Region } from '../storage/region.ts'
import type { Database } from '../storage/regional-database.ts'
import { credentialEvents } from './tables.ts'

/**
 * What allows a change of access. Stores accept only the record of a change, and every record carries an authority,
 * so that nothing changes before a use case has said what allows it.
 */
export class Authority {
  protected readonly by: string

  private constructor(by: string) {
    this.by = by
  }

  /**
   * The actor may make this change: the result of `authorize` in access/actor.ts. Only access/ issues it, and
   * test/architecture/authorities.test.ts checks that.
   */
  static readonly granted = new Authority('granted')

  /** The operator's token, which counts as recent authentication. */
  static readonly operator = new Authority('operator')

  /** The request itself proves it: by a password, a mailed code, or an identity provider's answer. */
  static readonly provedByRequest = new Authority('proved by the request')

  /** The change grants no access: it takes access away, or has nothing to do with access. */
  static readonly grantsNoAccess = new Authority('grants no access')
}

/** The events of the audit log, apart from logins. */
export const credentialEventKinds = [
  'password_changed',
  'password_reset',
  'password_set_by_operator',
  'api_key_created',
  'api_key_changed',
  'api_key_deleted',
  'second_factor_added',
  'second_factor_removed',
  'second_factors_reset',
  'recovery_codes_renewed',
  'sso_strategy_created',
  'sso_strategy_changed',
  'sso_strategy_deleted',
  'sso_identity_linked',
  'sso_identity_removed',
  'sso_groups_not_told',
  'user_created',
  'user_changed',
  'user_deleted',
  'user_unlocked',
  'welcome_sent',
  'sessions_ended',
  'site_changed',
] as const

export interface CredentialEvent {
  id: number
  siteId: number
  userId: number
  event: (typeof credentialEventKinds)[number]
  /**
   * `user:ID`; `operator`; `strategy:ID` for single sign-on; `code` for the holder of a reset code or an approved
   * pairing key; or `service` for what this service did by itself, with `userId` 0.
   */
  actor: string
  /** What allows it. Not stored. */
  authority: Authority
  address: string | null
  userAgent: string
  requestId: string
  /** Milliseconds since the Unix epoch. */
  at: number
  /** The old and new value of each field that changed. */
  changes?: Record<string, [before: unknown, after: unknown]>
}

/** Returns the fields of an API object that changed. @param before null for a new object */
export function changesBetween(
  before: object | null,
  after: object,
): NonNullable<CredentialEvent['changes']> {
  const was = (before ?? {}) as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(after)
      .filter(([name, value]) => was[name] !== value)
      .map(([name, value]) => [name, [was[name] ?? null, value]]),
  )
}

/** An event, or an event whose user the statement itself determines. */
type Recorded = Omit<CredentialEvent, 'siteId' | 'userId'> & {
  siteId: number | SQL
  userId: number | SQL
}

/**
 * Returns the statement that records an event if the condition holds.
 * @param changes JSON, for changes that the statement itself determines
 */
export function recordEvent(
  db: Database,
  event: Recorded,
  condition: SQL,
  changes: SQL = sql`${JSON.stringify(event.changes ?? {})}`,
) {
  const { id, siteId, userId, event: kind, actor, address, userAgent, requestId, at } = event
  return insertFrom(
    db,
    credentialEvents,
    {
      id,
      siteId,
      userId,
      event: kind,
      actor,
      address,
      userAgent,
      requestId,
      createdAt: at,
      changes,
    },
    { where: condition },
  )
}

/** The user who acts, with the region of the site and the request. */
export interface EventActor {
  live: { user: { id: number }; site: { id: number } }
  region: Region
  request: RequestFacts
}

/** Who did something, from where, and what allowed it. */
export type Author = Pick<
  CredentialEvent,
  'actor' | 'authority' | 'address' | 'userAgent' | 'requestId'
>

/** @param actor see CredentialEvent */
export function authorOf(actor: string, authority: Authority, request: RequestFacts): Author {
  const { address, userAgent, id: requestId } = request
  return { actor, authority, address, userAgent, requestId }
}

/** With `at` in milliseconds since the Unix epoch. */
type EventFacts = Pick<CredentialEvent, 'event' | 'at' | 'changes'>

/** Returns the record of what a user does, to themselves unless `userId` names another user. */
export function eventBy(
  { live: { user, site }, region, request }: EventActor,
  facts: EventFacts & { authority: Authority; userId?: number },
): CredentialEvent {
  return {
    id: newId(region.code),
    siteId: site.id,
    userId: user.id,
    ...authorOf(`user:${user.id}`, facts.authority, request),
    ...facts,
  }
}

/** Returns the record of what an operator does to a user. */
export function eventByOperator(
  { region, account }: { region: Region; account: { user: { id: number; siteId: number } } },
  request: RequestFacts,
  facts: EventFacts,
): CredentialEvent {
  const { user } = account
  return {
    id: newId(region.code),
    siteId: user.siteId,
    userId: user.id,
    ...authorOf('operator', Authority.operator, request),
    ...facts,
  }
}
