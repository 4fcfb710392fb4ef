import { and, eq, inArray, isNotNull, lt, or, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../history/credential-event.ts'
import { loginFailures } from '../login/tables.ts'
import type { Outbox, Task } from '../outbox/outbox.ts'
import { sentNotices } from '../outbox/tables.ts'
import type { TaskContent } from '../outbox/task-kinds.ts'
import { priorPasswords } from '../passwords/tables.ts'
import { DAY, HOUR } from '../platform/clock.ts'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { sessions } from '../sessions/tables.ts'
import { sites } from '../sites/tables.ts'
import { type Account, accountColumns } from '../users/account.ts'
import { users } from '../users/tables.ts'
import type { ResetCodeRow, ResetCodeStore } from './reset-code-store.ts'

/** How many resets a user is sent at most: nobody can be bombed with them. */
const MOST_AN_HOUR = 3
const MOST_A_DAY = 10

/** How many users of one address one request finds at most. */
const MOST_USERS = 20

/** What a reset leads to, besides the new password. */
export interface ResetEffects {
  event: CredentialEvent
  notice: Task | null
  priorPasswordId: number
  /** The counters of failures that can lock the user out. */
  counters: string[]
}

/** The resets of one region, at its primary. */
export class ResetLedger {
  readonly #database: ReplicatedDatabase
  readonly #codes: ResetCodeStore
  readonly #outbox: Outbox

  constructor(database: ReplicatedDatabase, codes: ResetCodeStore, outbox: Outbox) {
    this.#database = database
    this.#codes = codes
    this.#outbox = outbox
  }

  /**
   * Takes in a request for a reset: one statement, whoever is meant. False where the host's site leaves
   * resets to its administrators.
   */
  async takeIn(task: Task, siteId: number | null): Promise<boolean> {
    const allowed = sql`NOT EXISTS (SELECT 1 FROM ${sites}
      WHERE ${sites.id} = ${siteId} AND ${sites.disablePasswordReset})`
    const taken = await this.#outbox.insertion(task, allowed).run()
    return taken.meta.changes === 1
  }

  /** The users that a request means and who may reset a password of theirs by mail. */
  async usersMeant({ by, key, siteId }: TaskContent<'reset-request'>): Promise<Account[]> {
    const byUsername = eq(users.usernameKey, key)
    const byAddress = eq(users.emailKey, key)
    const named = { username: byUsername, email: byAddress, either: or(byUsername, byAddress) }[by]
    return this.#accounts()
      .where(
        and(
          named,
          siteId === null ? undefined : eq(users.siteId, siteId),
          isNotNull(users.email),
          mayReset,
        ),
      )
      .limit(MOST_USERS)
  }

  async userOf(userId: number): Promise<Account | null> {
    const [found] = await this.#accounts().where(and(eq(users.id, userId), mayReset))
    return found ?? null
  }

  #accounts() {
    return this.#database.primary
      .select(accountColumns)
      .from(users)
      .innerJoin(sites, eq(sites.id, users.siteId))
  }

  /** Counts a mail to a user. False once the user has had its share of the hour or the day. */
  async countMail(notice: { id: number; userId: number; at: number }): Promise<boolean> {
    const { id, userId, at } = notice
    const sentSince = (since: number) => sql`(SELECT count(*) FROM sent_notices
      WHERE user_id = ${userId} AND kind = 'reset' AND sent_at > ${since})`
    const counted = await this.#database.primary
      .insert(sentNotices)
      .select(sql`SELECT ${id}, ${userId}, 'reset', ${at}
        WHERE ${sentSince(at - HOUR)} < ${MOST_AN_HOUR} AND ${sentSince(at - DAY)} < ${MOST_A_DAY}`)
      .run()
    return counted.meta.changes === 1
  }

  /** Keeps new codes, and the mail that carries them, together. */
  async issue(codes: ResetCodeRow[], mail: Task): Promise<void> {
    const insertions = codes.map((code) => this.#codes.insertion(code))
    await this.#database.primary.batch([this.#outbox.insertion(mail), ...insertions])
  }

  /**
   * Sets the password, if the user's credential version still is the code's: of many at the same time,
   * one. With it end all sessions, a lock, and all codes, whose version is past. Repeated after a lost
   * connection it finds its own work done.
   */
  async reset(
    { user }: Account,
    password: { passwordHash: string; passwordSetAt: number },
    { event, notice, priorPasswordId, counters }: ResetEffects,
  ): Promise<boolean> {
    const db = this.#database.primary
    const version = user.credentialVersion + 1
    const won = sql`EXISTS (SELECT 1 FROM users WHERE id = ${user.id}
      AND credential_version = ${version} AND password_hash = ${password.passwordHash})`
    await db.batch([
      db
        .update(users)
        .set({ ...password, requirePasswordChange: false, credentialVersion: version })
        .where(
          and(
            eq(users.id, user.id),
            eq(users.credentialVersion, user.credentialVersion),
            eq(users.disabled, false),
          ),
        ),
      db.delete(sessions).where(and(eq(sessions.userId, user.id), won)),
      db.delete(loginFailures).where(and(inArray(loginFailures.nameDigest, counters), won)),
      db.insert(priorPasswords).select(sql`
        SELECT ${priorPasswordId}, ${user.id}, ${user.passwordHash}, ${password.passwordSetAt}
        WHERE ${user.passwordHash} IS NOT NULL AND ${won}
          AND 0 < (SELECT max_prior_passwords FROM sites WHERE id = ${user.siteId})`),
      recordEvent(db, event, won),
      ...(notice ? [this.#outbox.insertion(notice, won)] : []),
    ])
    return this.wasReset(user.id, password.passwordHash)
  }

  async wasReset(userId: number, passwordHash: string): Promise<boolean> {
    const found = await this.#database.primary
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.passwordHash, passwordHash)))
    return found.length > 0
  }

  /** Forgets up to `limit` counts of mails sent before `before`; answers how many. */
  async sweepNotices(before: number, limit: number): Promise<number> {
    const swept = await this.#database.primary
      .delete(sentNotices)
      .where(
        sql`${sentNotices.id} IN (SELECT id FROM sent_notices WHERE ${lt(sentNotices.sentAt, before)} LIMIT ${limit})`,
      )
      .returning({ id: sentNotices.id })
    return swept.length
  }
}

const mayReset = and(
  eq(users.disabled, false),
  eq(users.authenticationMethod, 'password'),
  eq(sites.disablePasswordReset, false),
)
