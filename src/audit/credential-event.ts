import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import { insertFrom } from '../storage/insert-from.ts'
import type { Database } from '../storage/regional-database.ts'
import type { Authority } from './authority.ts'
import { credentialEvents } from './tables.ts'

/** What can happen to credentials besides logins. */
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
   * `user:ID`, `operator`, `strategy:ID` for what single sign-on led to, `code` for whoever held a reset code
   * or an approved pairing key, or `service` for what this service did by itself: then `userId` is 0.
   */
  actor: string
  /** What allows it. Not stored. */
  authority: Authority
  address: string | null
  userAgent: string
  requestId: string
  /** Milliseconds since the Unix epoch. */
  at: number
  /** What was, and what is, of each field that was changed. */
  changes?: Record<string, [before: unknown, after: unknown]>
}

/** What of an object as the API shows it is otherwise afterwards; before: null for what is new. */
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

/** An event, or one of whom the statement itself finds out. */
type Recorded = Omit<CredentialEvent, 'siteId' | 'userId'> & {
  siteId: number | SQL
  userId: number | SQL
}

/**
 * The statement that records an event, if the condition holds.
 * @param changes as JSON, where the statement itself has to find out some of them
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
