import { eq, type SQL, sql } from 'drizzle-orm'
import { historyRow } from '../audit/record-attempt.ts'
import { loginHistory } from '../audit/tables.ts'
import { insertSession, isStarted } from '../sessions/insert-session.ts'
import type { NewSession, SessionRow } from '../sessions/session.ts'
import { changeSessions } from '../sessions/session-statements.ts'
import { sessions } from '../sessions/tables.ts'
import { batch, type Statement } from '../storage/batch.ts'
import { MINUTE, SECOND } from '../storage/clock.ts'
import { CompiledStatement, compiledBy } from '../storage/compiled-statement.ts'
import { insertFrom, placeholdersOf } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { SentForms } from '../storage/sent-forms.ts'
import type { Consumption, ProofUse } from '../two-factor/consumption.ts'
import type { LoginInterface } from '../users/last-logins.ts'
import { users } from '../users/tables.ts'
import { findNamed, pickNamed, selectNamed } from './account-finder.ts'
import type { FoundAccount, NamedAccount, NamedAttempt } from './failure-counter.ts'
import { isRemembered, rememberAddress } from './known-callers.ts'
import type { Method } from './methods/method.ts'
import { type PasswordChange, type PasswordLedger, passwordIsChanged } from './password-ledger.ts'
import { loginFailures, redemptions } from './tables.ts'
import {
  comparedOf,
  type Judged,
  type LoginForm,
  loginCondition,
  meaningOf,
} from './verdict-conditions.ts'

interface Start {
  method: Pick<Method, 'isGuessable'>
  through: LoginInterface
  row: NewSession
  change: PasswordChange | null
  consumption: Consumption | null
  notice: (condition: SQL) => Statement[]
  /** Further statements that depend on the session. */
  alongside?: Statement[] | undefined
}

/**
 * The logins of one region. A login is read nearby and decided at the primary by one batch. Each of its statements
 * holds only if the primary's user is still as they were judged.
 */
export class LoginLedger extends RegionStore {
  readonly #passwords: PasswordLedger

  constructor(database: ReplicatedDatabase, forms: SentForms, passwords: PasswordLedger) {
    super(database, forms)
    this.#passwords = passwords
  }

  /** Finds the account that a name means, at the nearest replica. */
  async find(named: NamedAccount): Promise<FoundAccount> {
    return pickNamed(await findNamed(this.database.nearest, named), named)
  }

  async findAtPrimary(named: NamedAccount): Promise<FoundAccount> {
    return pickNamed(await findNamed(this.db, named), named)
  }

  /**
   * Starts a session if the user is still as they were judged. With a `change`, the password is changed first; with a
   * `consumption`, the proof is consumed. The insert's `changes` is the verdict, and the other statements depend on
   * the new row. Equal revisions mean that what was read nearby is current, so it is read again only if the batch
   * itself can change the account.
   */
  async start(
    attempt: NamedAttempt,
    judged: Judged,
    { method, through, row, change, consumption, notice, alongside = [] }: Start,
  ): Promise<{ started: boolean; known: FoundAccount }> {
    const { account, counter } = judged
    const { id: userId } = account.user
    const { at, rememberedDigest } = attempt
    const { knownCaller } = attempt.counters
    const sessionId = row.id
    const mayBeAnother = change !== null || consumption !== null || alongside.length > 0
    const sessionExists = isStarted(sessionId)
    const failures = method.isGuessable ? (judged.hasFailures ? 'unlocked' : 'none') : 'ignored'
    const end = { outcome: 'none', userId, siteId: account.site.id, sessionId } as const
    const form: LoginForm = `${meaningOf(account.user, attempt)} ${failures}`
    const starting = batch(this.database, {
      ...this.#starting(form, comparedOf(attempt, judged), { row, change, consumption }),
      // A proof that cannot be guessed leaves strangers locked out.
      forgotten:
        failures === 'unlocked' ? forgetFailures.with({ counter, knownCaller, sessionId }) : null,
      notice: notice(sessionExists),
      alongside,
      lastLogin: noteLogin(attempt, { userId, sessionId, through }),
      recorded: recordStart.with(historyRow(attempt, end)),
      remembered:
        rememberedDigest === null || (!change && isRemembered(attempt, judged.seenAt))
          ? null
          : rememberCaller.with({ userId, callerDigest: rememberedDigest, at, sessionId }),
      noted: this.forms.noting(sessionExists),
      known: mayBeAnother ? selectNamed(attempt) : null,
    })
    const done = await starting.catch(async (error) => {
      // After a lost connection the outcome is unknown. A session can be started again; a single-use proof cannot be
      // used again.
      if ((change || consumption) && (await this.#exists(row).catch(() => false))) return null
      throw error
    })
    if (!done) return { started: true, known: await this.findAtPrimary(attempt) }
    const started = done.session.meta.changes === 1
    if (!started) await this.forms.refuseRepeat()
    if (done.known) return { started, known: pickNamed(done.known, attempt) }
    return { started, known: started ? judged : await this.findAtPrimary(attempt) }
  }

  /** The statements that decide: the insert of the session, and what must precede it. */
  #starting(
    form: LoginForm,
    compared: ReturnType<typeof comparedOf>,
    { row, change, consumption }: Pick<Start, 'row' | 'change' | 'consumption'>,
  ) {
    if (!change && !consumption && !this.forms.isSent)
      return { session: insertions(form).with({ ...row, ...compared }) }
    const isConfirmed = sql`${loginCondition(form, compared)} AND ${this.forms.isFirst}`
    const hasProved = consumption ? sql`${isConfirmed} AND ${consumption.isConsumed}` : isConfirmed
    const isUser = change ? sql`id = ${row.userId} AND ${passwordIsChanged(change)}` : hasProved
    return {
      consumed:
        consumption?.statements(sql`EXISTS (SELECT 1 FROM ${users} WHERE ${isConfirmed})`) ?? [],
      changed: change ? this.#passwords.statements(change, hasProved) : [],
      session: insertSession(this.db, row, isUser),
    }
  }

  /**
   * Reauthenticates a user who is logged in. It is decided like the start of a session, and the proof is consumed in
   * the same batch. Failures are not cleared, because one proof says nothing about the others.
   */
  async confirm(
    attempt: NamedAttempt,
    judged: Judged,
    { method, consumption }: Pick<Start, 'method' | 'consumption'>,
  ): Promise<{ confirmed: boolean; known: FoundAccount }> {
    const { db } = this
    const meaning = meaningOf(judged.account.user, attempt)
    const form = `${meaning} ${method.isGuessable ? 'unlocked' : 'ignored'}` as const
    const may = loginCondition(form, comparedOf(attempt, judged))
    const consumed =
      consumption?.statements(sql`EXISTS (SELECT 1 FROM ${users} WHERE ${may})`) ?? []
    const proved = db
      .select({ id: users.id })
      .from(users)
      .where(consumption ? sql`${may} AND ${consumption.isConsumed}` : may)
    const confirming = batch(this.database, {
      known: selectNamed(attempt),
      consumed,
      // A second click finds the note of the form together with the code that it repeats.
      noted: consumption ? this.forms.notingProof(consumption.isConsumed) : null,
      proved,
    })
    const done = await confirming.catch(async (error) => {
      // After a lost connection the proof may have been consumed.
      const found = await proved.catch(() => [])
      if (found.length === 1) return null
      throw error
    })
    if (!done) return { confirmed: true, known: judged }
    return { confirmed: done.proved.length === 1, known: pickNamed(done.known, attempt) }
  }

  async #exists({ id }: NewSession): Promise<boolean> {
    const found = await this.db
      .select({ id: sessions.id })
      .from(sessions)
      .where(eq(sessions.id, id))
    return found.length > 0
  }

  /** The single use of a token, as long as its session has not timed out. */
  consumptionOfToken(
    { jti, exp }: { jti: string; exp: number },
    parent: SessionRow,
    { consumer, at }: ProofUse,
  ): Consumption {
    const isActive = sql`EXISTS (SELECT 1 FROM keyed_sessions WHERE id = ${parent.id} AND timeout_at > ${at}
      UNION ALL SELECT 1 FROM sessions WHERE id = ${parent.id} AND timeout_at > ${at})`
    const redemption = { jti, sessionId: consumer, expiresAt: exp * SECOND }
    return {
      statements: (condition) => [
        insertFrom(this.db, redemptions, redemption, {
          where: sql`${condition} AND ${isActive}`,
        }).onConflictDoNothing(),
      ],
      isConsumed: sql`EXISTS (SELECT 1 FROM redemptions WHERE jti = ${jti} AND session_id = ${consumer})`,
    }
  }

  /** The statements by which starting a session counts as a use of the session that the token represents. */
  useOfParent(parent: SessionRow, use: ProofUse & { timeoutAt: number }) {
    const changes = { lastUsedAt: use.at, timeoutAt: use.timeoutAt }
    return changeSessions(
      this.db,
      changes,
      () => sql`id = ${parent.id} AND ${isStarted(use.consumer)}`,
    )
  }
}

// The statements of nearly every login, built once an isolate.

/** The session of a login on which nothing but the account decides. */
const insertions = compiledBy(
  (form: LoginForm) =>
    new CompiledStatement((db) =>
      insertSession(db, placeholdersOf(sessions), loginCondition(form)),
    ),
)

const hasStarted = isStarted(sql.placeholder('sessionId'))

const forgetFailures = new CompiledStatement((db) =>
  db
    .delete(loginFailures)
    .where(
      sql`name_digest IN (${sql.placeholder('counter')}, ${sql.placeholder('knownCaller')}) AND ${hasStarted}`,
    ),
)

/** A program that logs in again so soon changes nothing that anybody asks about: see `last_login_at`. */
const REPEATED_LOGIN_MS = 5 * MINUTE

/**
 * Writes when a user logged in, unless a program did so a moment ago and there are no wrong codes to forget. The row at
 * the primary decides that, not what was read nearby.
 */
function noteLogin(
  { at, byProgram }: NamedAttempt,
  { through, ...login }: { userId: number; sessionId: number; through: LoginInterface },
) {
  const writtenBefore = byProgram ? at - REPEATED_LOGIN_MS : at
  return loginNote.with({ ...login, path: `$.${through}`, at, writtenBefore })
}

const loginNote = new CompiledStatement((db) =>
  db
    .update(users)
    .set({
      lastLoginAt: sql`${sql.placeholder('at')}`,
      lastLogins: sql`json_set(last_logins, ${sql.placeholder('path')}, ${sql.placeholder('at')})`,
      wrongCodes: 0,
    })
    .where(
      sql`id = ${sql.placeholder('userId')} AND ${hasStarted} AND (wrong_codes > 0
        OR min(coalesce(last_login_at, 0), coalesce(last_logins ->> ${sql.placeholder('path')}, 0))
          <= ${sql.placeholder('writtenBefore')})`,
    ),
)

const recordStart = new CompiledStatement((db) =>
  insertFrom(db, loginHistory, placeholdersOf(loginHistory), { where: hasStarted }),
)

const rememberCaller = new CompiledStatement((db) =>
  rememberAddress(
    db,
    {
      userId: sql.placeholder('userId'),
      callerDigest: sql.placeholder('callerDigest'),
      at: sql.placeholder('at'),
    },
    hasStarted,
  ),
)
