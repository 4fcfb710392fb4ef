import { and, eq, ne, type SQL, sql } from 'drizzle-orm'
import { apiKeys } from '../api-keys/tables.ts'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import type { Outbox, Task } from '../notifications/outbox.ts'
import type { PriorPasswordStore } from '../passwords/prior-password-store.ts'
import type { ResetCodeRow, ResetCodeStore } from '../passwords/reset/reset-code-store.ts'
import { digestUnlessTaken, isStarted } from '../sessions/insert-session.ts'
import { endSessions } from '../sessions/session-statements.ts'
import type { KeyOfString } from '../sessions/session-string.ts'
import { formerSessions, sessions } from '../sessions/tables.ts'
import { ssoSessions } from '../sso/tables.ts'
import { batch } from '../storage/batch.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { SentForms } from '../storage/sent-forms.ts'
import type { Consumption } from '../two-factor/consumption.ts'
import type { Account, User } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { forgetting, type StrangersCounter } from './failure-counter.ts'
import { rowAccepts } from './policy.ts'

/** A new password, and what goes with it. */
export interface PasswordChange {
  /** The user as they were when the change was allowed. */
  user: User
  passwordHash: string
  /** Milliseconds since the Unix epoch. */
  at: number
  /** Whether somebody else set it and knows it. */
  mustBeChanged: boolean
  /** The address in comparable form that this change verifies, if it is still the user's; else null. */
  verifies: string | null
  /** See countersOf. */
  counters: StrangersCounter[]
  priorPasswordId: number
  event: CredentialEvent
  notice: Task | null
  /** The reset code in the notice, for the user's next credential version. */
  noticeCode: ResetCodeRow | null
  /** The session that continues under another string; null if all sessions are revoked. */
  kept: { id: number; next: KeyOfString } | null
}

/** The passwords of one region's users, at its primary. */
export class PasswordLedger extends RegionStore {
  readonly #outbox: Outbox
  readonly #priorPasswords: PriorPasswordStore
  readonly #resetCodes: ResetCodeStore

  constructor(
    database: ReplicatedDatabase,
    forms: SentForms,
    own: { outbox: Outbox; priorPasswords: PriorPasswordStore; resetCodes: ResetCodeStore },
  ) {
    super(database, forms)
    this.#outbox = own.outbox
    this.#priorPasswords = own.priorPasswords
    this.#resetCodes = own.resetCodes
  }

  /**
   * Changes a password if the user's credential version is still the given one. Of several changes at the same time,
   * one succeeds. A `consumption` consumes a one-time code with it. If the connection was lost, repeating it finds
   * its own work done.
   */
  async change(change: PasswordChange, consumption: Consumption | null = null): Promise<boolean> {
    const { user } = change
    // Disabling the user raises the version, too.
    const unchanged = sql`${users.credentialVersion} = ${user.credentialVersion}`
    const isSame = sql`EXISTS (SELECT 1 FROM ${users} WHERE ${users.id} = ${user.id} AND ${unchanged})`
    await batch(this.database, {
      consumed: consumption?.statements(isSame) ?? [],
      changed: this.statements(
        change,
        consumption ? sql`${unchanged} AND ${consumption.isConsumed}` : unchanged,
      ),
      noted: this.forms.noting(passwordIsChanged(change)),
    })
    return this.isDone(change)
  }

  /**
   * The change revokes all earlier sessions except the kept one, ends a lockout and voids all codes, because it
   * raises the version. It does nothing for an account that accepts no password.
   */
  statements(change: PasswordChange, condition: SQL) {
    const { user, passwordHash, at, verifies, counters, event, notice, noticeCode, kept } = change
    const { db } = this
    const done = passwordIsChanged(change)
    const { id: userId } = user
    return [
      db
        .update(users)
        .set({
          passwordHash,
          passwordSetAt: at,
          requirePasswordChange: change.mustBeChanged,
          credentialVersion: user.credentialVersion + 1,
          ...(verifies !== null && {
            verifiedEmailKey: sql`CASE WHEN ${users.emailKey} = ${verifies} THEN ${verifies}
              ELSE ${users.verifiedEmailKey} END`,
          }),
        })
        .where(and(eq(users.id, userId), rowAccepts('password'), condition)),
      ...(kept ? this.#keep(kept, change, done) : []),
      ...endSessions(db, (table) => {
        const keptId = table === sessions ? kept?.next.id : kept?.id
        return and(eq(table.userId, userId), keptId ? ne(table.id, keptId) : undefined, done)
      }),
      ...(event.event === 'password_reset'
        ? [
            db
              .delete(apiKeys)
              .where(
                and(eq(apiKeys.userId, userId), eq(apiKeys.permissionSet, 'desktop_app'), done),
              ),
          ]
        : []),
      ...forgetting(db, { counters, at }, done),
      ...this.#priorPasswords.replacement(user, { id: change.priorPasswordId, at }, done),
      recordEvent(db, event, done),
      ...(notice ? [this.#outbox.insertion(notice, done)] : []),
      ...(noticeCode ? [this.#resetCodes.insertion(noticeCode, done)] : []),
    ] as const
  }

  /** The session continues under another string and so another key. What refers to it follows. */
  #keep(
    { id, next }: NonNullable<PasswordChange['kept']>,
    { user, at }: PasswordChange,
    done: SQL,
  ) {
    const { db } = this
    const changes = {
      credentialVersion: user.credentialVersion + 1,
      parentId: null,
      authenticatedAt: at,
    }
    return [
      db
        .update(sessions)
        .set({ ...changes, id: next.id, digest: digestUnlessTaken(next), formerId: id })
        .where(and(eq(sessions.id, id), eq(sessions.userId, user.id), done)),
      db
        .update(ssoSessions)
        .set({ sessionId: next.id })
        .where(sql`session_id = ${id} AND ${isStarted(next.id)} AND ${done}`),
      db
        .update(formerSessions)
        .set({ ...changes, digest: next.digest })
        .where(and(eq(formerSessions.id, id), eq(formerSessions.userId, user.id), done)),
    ]
  }

  /** Replaces a hash of an outdated cost or pepper, unless the password has changed since. */
  async rehash({ user }: Account, passwordHash: string): Promise<void> {
    await this.db
      .update(users)
      .set({ passwordHash })
      .where(
        and(
          eq(users.id, user.id),
          eq(users.credentialVersion, user.credentialVersion),
          eq(users.passwordHash, user.passwordHash ?? ''),
        ),
      )
  }

  /** Every hash has a salt of its own, so finding it means that this change was made. */
  async isDone({ user, passwordHash }: PasswordChange): Promise<boolean> {
    const found = await this.db
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, user.id), eq(users.passwordHash, passwordHash)))
    return found.length > 0
  }
}

/** Whether the change was made, for statements after it. */
export function passwordIsChanged({ user, passwordHash }: PasswordChange): SQL {
  return sql`EXISTS (SELECT 1 FROM users AS changed WHERE changed.id = ${user.id}
    AND changed.credential_version = ${user.credentialVersion + 1}
    AND changed.password_hash = ${passwordHash})`
}
