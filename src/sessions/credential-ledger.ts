import { and, eq, ne, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { batch } from '../storage/batch.ts'
import { RegionStore } from '../storage/region-store.ts'
import { users } from '../users/tables.ts'
import { endSessions } from './session-statements.ts'

const nextVersion = sql`${users.credentialVersion} + 1`

/**
 * The credentials of one region's users. Taking one away raises the credential version in the same statement, which
 * revokes every session and code, and their rows are deleted with it.
 */
export class CredentialLedger extends RegionStore {
  async disable(userId: number, event: CredentialEvent): Promise<void> {
    const { db } = this
    await batch(this.database, {
      recorded: recordEvent(db, event, sql`1`),
      disabled: db
        .update(users)
        .set({ disabled: true, credentialVersion: nextVersion })
        .where(and(eq(users.id, userId), ne(users.disabled, true))),
      ended: this.#deleteEnded(userId),
    })
  }

  async enable(userId: number, event: CredentialEvent): Promise<void> {
    const { db } = this
    await batch(this.database, {
      recorded: recordEvent(db, event, sql`1`),
      enabled: db
        .update(users)
        .set({ disabled: false, enabledAt: event.at })
        .where(eq(users.id, userId)),
    })
  }

  #deleteEnded(userId: number) {
    const version = sql`(SELECT credential_version FROM ${users} WHERE id = ${userId})`
    return endSessions(this.db, (table) =>
      and(eq(table.userId, userId), sql`${table.credentialVersion} <> ${version}`),
    )
  }
}
