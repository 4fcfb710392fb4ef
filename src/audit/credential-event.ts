import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Authority } from './authority.ts'
import { credentialEvents } from './tables.ts'

/** What can happen to credentials besides log ins. */
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

/**
 * The statement that records an event, if the condition holds.
 * @param changes as JSON, where the statement itself has to find out some of them
 */
export function recordEvent(
  db: DrizzleD1Database,
  event: CredentialEvent,
  condition: SQL,
  changes: SQL = sql`${JSON.stringify(event.changes ?? {})}`,
) {
  return db.insert(credentialEvents).select(sql`
    SELECT ${event.id}, ${event.siteId}, ${event.userId}, ${event.event}, ${event.actor},
      ${event.address}, ${event.userAgent}, ${event.requestId}, ${event.at},
      ${changes}
    WHERE ${condition}`)
}
