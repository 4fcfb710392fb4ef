import type { SQL } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import type { Waiting } from '../notifications/task-workers.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'

/** What goes with a change of a user's factors. */
export interface FactorNews {
  event: CredentialEvent
  /** The mail to the user; null where it has no address. */
  notice: Waiting | null
}

/** The statements that record a change and tell the user of it, if the condition holds. */
export function recordAndNotify(
  db: ReplicatedDatabase['primary'],
  { event, notice }: FactorNews,
  condition: SQL,
) {
  const recorded = recordEvent(db, event, condition)
  return notice ? [recorded, notice.outbox.insertion(notice.task, condition)] : [recorded]
}
