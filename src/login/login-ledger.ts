import { eq, sql } from 'drizzle-orm'
import type { LoginOutcome } from '../history/login-outcome.ts'
import { type Attempt, recordAttempt } from '../history/record-attempt.ts'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import type { SessionRow } from '../sessions/session.ts'
import { sessions } from '../sessions/tables.ts'
import type { HostScope } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { type NamedAccount, pickNamed, selectNamed } from './account-finder.ts'
import { loginFailures } from './tables.ts'

/** An attempt with a name and a password. */
export interface NamedAttempt extends Attempt, NamedAccount {
  nameDigest: string
  /** The sites that the request's host speaks for. */
  scope: HostScope
}

/** Whom the verdict was reached on: nobody, or a user as it was at one credential version. */
export type Judged = Account | null

/**
 * The accounts and log in records of one region. An attempt is read nearby and decided at the primary
 * by one batch, each statement of which holds only if the primary knows the user that was judged.
 * An `INSERT … SELECT` here names no columns: it gives them in the order of the table.
 */
export class LoginLedger {
  readonly #database: ReplicatedDatabase

  constructor(database: ReplicatedDatabase) {
    this.#database = database
  }

  /** Whom the name means, as the nearest replica knows it. */
  async find(named: NamedAccount): Promise<Account | null> {
    return pickNamed(await selectNamed(this.#database.nearest, named), named)
  }

  /**
   * Starts a session for a user whose password was right, if the user is still the one that was
   * judged. The first statement's `changes` is the verdict; the others hang on the new row.
   */
  async start(
    attempt: NamedAttempt,
    judged: Account,
    row: SessionRow,
  ): Promise<{ started: boolean; account: Account | null }> {
    const db = this.#database.primary
    const sessionExists = sql`EXISTS (SELECT 1 FROM sessions WHERE id = ${row.id})`
    const [inserted, , , , found] = await db.batch([
      db.insert(sessions).select(sql`
        SELECT ${row.id}, ${row.digest}, site_id, id, credential_version, ${row.epoch},
          ${row.createdAt}, ${row.lastUsedAt}, ${row.timeoutAt}, ${row.endsAt}, ${row.parentId}
        FROM ${users} WHERE ${judgedRemains(judged)} AND NOT disabled`),
      db.delete(loginFailures).where(sql`name_digest = ${attempt.nameDigest} AND ${sessionExists}`),
      db
        .update(users)
        .set({ lastLoginAt: attempt.at })
        .where(sql`id = ${judged.user.id} AND ${sessionExists}`),
      recordAttempt(
        db,
        attempt,
        { ...whose(judged, 'none'), outcome: 'none', sessionId: row.id },
        sessionExists,
      ),
      selectNamed(db, attempt),
    ])
    return { started: changesOf(inserted) === 1, account: pickNamed(found, attempt) }
  }

  /**
   * Counts a failure by name and records it, if the primary's user is the one that was judged, or
   * still nobody. Answers whom the primary knows, so that a verdict on an old row can be reached anew.
   */
  async refuse(
    attempt: NamedAttempt,
    judged: Judged,
    outcome: LoginOutcome,
  ): Promise<Account | null> {
    const db = this.#database.primary
    const remains = judged
      ? sql`EXISTS (SELECT 1 FROM ${users} WHERE ${judgedRemains(judged)})`
      : sql`NOT EXISTS (SELECT 1 FROM ${users} WHERE username_key = ${attempt.nameKey})`
    const [, , found] = await db.batch([
      db
        .insert(loginFailures)
        .select(sql`SELECT ${attempt.nameDigest}, 1, ${attempt.at} WHERE ${remains}`)
        .onConflictDoUpdate({
          target: loginFailures.nameDigest,
          set: { failures: sql`failures + 1`, lastFailedAt: attempt.at },
        }),
      recordAttempt(db, attempt, { ...whose(judged, outcome), outcome, sessionId: null }, remains),
      selectNamed(db, attempt),
    ])
    return pickNamed(found, attempt)
  }

  /** Replaces a hash of an old cost or pepper, unless the password has changed since. */
  async rehash(judged: Account, passwordHash: string): Promise<void> {
    await this.#database.primary
      .update(users)
      .set({ passwordHash })
      .where(
        sql`${judgedRemains(judged)} AND ${eq(users.passwordHash, judged.user.passwordHash ?? '')}`,
      )
  }
}

function judgedRemains({ user }: Account) {
  return sql`id = ${user.id} AND credential_version = ${user.credentialVersion}`
}

/** Whose attempt it is recorded as: of a user of another site, nothing is told to this one. */
function whose(judged: Judged, outcome: LoginOutcome) {
  const user = outcome === 'site_mismatch' ? undefined : judged?.user
  return { userId: user?.id ?? null, siteId: judged?.site.id ?? null }
}

/** D1 answers each statement of a batch with its `meta`; Drizzle types it for whole databases only. */
export function changesOf(result: unknown): number {
  return (result as D1Result).meta.changes
}
