import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import { insertFrom } from '../storage/insert-from.ts'
import type { Database } from '../storage/regional-database.ts'
import type { Authority } from './authority.ts'
import { credentialEvents } from './tables.ts'

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
