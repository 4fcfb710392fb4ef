import { eq, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { LoginOutcome } from '../history/login-outcome.ts'
import { loginAttempts } from '../history/tables.ts'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import type { SessionRow } from '../sessions/session.ts'
import { sessions } from '../sessions/tables.ts'
import type { Account } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { type NamedAccount, pickNamed, selectNamed } from './account-finder.ts'
import { loginFailures } from './tables.ts'

/** What is written of one attempt, whatever its end. */
export interface Attempt extends NamedAccount {
  id: number
  nameDigest: string
  username: string
  address: string | null
  userAgent: string
  requestId: string
  at: number
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
    attempt: Attempt,
    judged: Account,
    row: SessionRow,
  ): Promise<{ started: boolean; account: Account | null }> {
    const db = this.#database.primary
    const sessionExists = sql`EXISTS (SELECT 1 FROM sessions WHERE id = ${row.id})`
    const [inserted, , , , found] = await db.batch([
      db.insert(sessions).select(sql`
        SELECT ${row.id}, ${row.digest}, site_id, id, credential_version, ${row.epoch},
          ${row.createdAt}, ${row.lastUsedAt}, ${row.timeoutAt}, ${row.endsAt}
        FROM ${users} WHERE ${judgedRemains(judged)} AND NOT disabled`),
      db.delete(loginFailures).where(sql`name_digest = ${attempt.nameDigest} AND ${sessionExists}`),
      db
        .update(users)
        .set({ lastLoginAt: attempt.at })
        .where(sql`id = ${judged.user.id} AND ${sessionExists}`),
      recordAttempt(db, attempt, { judged, outcome: 'none', sessionId: row.id }, sessionExists),
      selectNamed(db, attempt),
    ])
    return { started: changesOf(inserted) === 1, account: pickNamed(found, attempt) }
  }

  /**
   * Counts a failure by name and records it, if the primary's user is the one that was judged, or
   * still nobody. Answers whom the primary knows, so that a verdict on an old row can be reached anew.
   */
  async refuse(attempt: Attempt, judged: Judged, outcome: LoginOutcome): Promise<Account | null> {
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
      recordAttempt(db, attempt, { judged, outcome, sessionId: null }, remains),
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

function recordAttempt(
  db: DrizzleD1Database,
  attempt: Attempt,
  end: { judged: Judged; outcome: LoginOutcome; sessionId: number | null },
  condition: ReturnType<typeof sql>,
) {
  const user = end.outcome === 'site_mismatch' ? null : end.judged?.user
  return db.insert(loginAttempts).select(sql`
    SELECT ${attempt.id}, ${attempt.siteId ?? end.judged?.site.id ?? null},
      ${user?.id ?? null}, ${attempt.username}, ${end.outcome}, ${end.sessionId},
      ${attempt.address}, ${attempt.userAgent}, ${attempt.requestId}, ${attempt.at}
    WHERE ${condition}`)
}

/** D1 answers each statement of a batch with its `meta`; Drizzle types it for whole databases only. */
function changesOf(result: unknown): number {
  return (result as D1Result).meta.changes
}
