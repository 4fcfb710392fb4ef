import type { SQL } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import type { Waiting } from '../notifications/task-workers.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'

/** The record and the notice of a change of a user's 2FA methods. */
export interface NotifiedChange {
  event: CredentialEvent
  /** The email to the user; null if they have no address. */
  notice: Waiting | null
}

/** The statements that record a change and notify the user, if the condition holds. */
export function recordAndNotify(
  db: ReplicatedDatabase['primary'],
  { event, notice }: NotifiedChange,
  condition: SQL,
) {
  const recorded = recordEvent(db, event, condition)
  return notice ? [recorded, notice.outbox.insertion(notice.task, condition)] : [recorded]
}
