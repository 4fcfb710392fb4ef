import { and, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { isNoGuess, type LoginOutcome } from '../audit/login-outcome.ts'
import { type Attempt, type AttemptEnd, recordAttempt } from '../audit/record-attempt.ts'
import type { Outbox, Task } from '../notifications/outbox.ts'
import { insertSession, isStarted } from '../sessions/insert-session.ts'
import type { NewSession } from '../sessions/session.ts'
import { sessions } from '../sessions/tables.ts'
import { batch, type Statement } from '../storage/batch.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import type { SentForms } from '../storage/sent-forms.ts'
import { everyDigest, everyId } from '../storage/slices.ts'
import type { Consumption } from '../two-factor/consumption.ts'
import type { Account } from '../users/account.ts'
import type { LoginInterface } from '../users/last-logins.ts'
import { users } from '../users/tables.ts'
import { findNamed, pickNamed, selectNamed } from './account-finder.ts'
import { forgetting, isRepeatedGuess, type StrangersCounter } from './failure-counter.ts'
import {
  type ConfirmedBy,
  confirmed,
  type Judged,
  loginIsConfirmed,
  meaningOf,
  refusalForm,
  refusalRests,
  valuesOfRefusal,
} from './judged-remains.ts'
import { isRemembered, sweepKnownAddresses } from './known-callers.ts'
import type { Counters, FoundAccount, NamedAccount, NamedAttempt } from './named-attempt.ts'
import { type PasswordChange, type PasswordLedger, passwordIsChanged } from './password-ledger.ts'
import { hasLocked, refusing, refusingBy } from './refusal-statements.ts'
import {
  forgetFailures,
  noteLogin,
  recordStart,
  rememberCaller,
  startConfirmed,
} from './start-statements.ts'
import { loginFailures } from './tables.ts'

interface Start {
  /** Whether the proof could be guessed. */
  by: { isGuess: boolean }
  through: LoginInterface
  row: NewSession
  change: PasswordChange | null
  consumption: Consumption | null
  notice: (condition: SQL) => Statement[]
  /** Further statements that depend on the session. */
  alongside?: Statement[] | undefined
}

/**
 * The accounts and login records of one region. A login is read nearby and decided at the primary by one batch. Each
 * of its statements holds only if the primary's user is still as they were judged.
 */
export class LoginLedger {
  readonly #database: ReplicatedDatabase
  readonly #passwords: PasswordLedger
  readonly #outbox: Outbox
  readonly #forms: SentForms

  constructor(
    database: ReplicatedDatabase,
    { passwords, outbox, forms }: { passwords: PasswordLedger; outbox: Outbox; forms: SentForms },
  ) {
    this.#database = database
    this.#passwords = passwords
    this.#outbox = outbox
    this.#forms = forms
  }

  /** Finds the account that a name means, at the nearest replica. */
  async find(named: NamedAccount): Promise<FoundAccount> {
    return pickNamed(await findNamed(this.#database.nearest, named), named)
  }

  async findAtPrimary(named: NamedAccount): Promise<FoundAccount> {
    return pickNamed(await findNamed(this.#database.primary, named), named)
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
    { by, through, row, change, consumption, notice, alongside = [] }: Start,
  ): Promise<{ started: boolean; known: FoundAccount }> {
    const { account, counter } = judged
    const { id: userId } = account.user
    const { at, rememberedDigest } = attempt
    const { knownCaller } = attempt.counters
    const sessionId = row.id
    const mayBeAnother = change !== null || consumption !== null || alongside.length > 0
    const sessionExists = isStarted(sessionId)
    const failures = by.isGuess ? (judged.hasFailures ? 'unlocked' : 'none') : 'ignored'
    const starting = batch(this.#database, {
      ...this.#starting(attempt, judged, { row, failures, change, consumption }),
      // A proof that cannot be guessed leaves strangers locked out.
      forgotten:
        failures === 'unlocked' ? forgetFailures.with({ counter, knownCaller, sessionId }) : null,
      notice: notice(sessionExists),
      alongside,
      lastLogin: noteLogin(attempt, { userId, sessionId, through }),
      recorded: recordStart(attempt, { ...whose(account, 'none'), outcome: 'none', sessionId }),
      remembered:
        rememberedDigest === null || (!change && isRemembered(attempt, judged.seenAt))
          ? null
          : rememberCaller.with({ userId, callerDigest: rememberedDigest, at, sessionId }),
      noted: this.#forms.noting(sessionExists),
      known: mayBeAnother ? selectNamed(attempt) : null,
    })
    const done = await starting.catch(async (error) => {
      // After a lost connection the outcome is unknown. A session can be started again; a single-use proof cannot be
      // used again.
      if ((change || consumption) && (await this.#isThere(row).catch(() => false))) return null
      throw error
    })
    if (!done) return { started: true, known: await this.findAtPrimary(attempt) }
    const started = done.session.meta.changes === 1
    if (!started) await this.#forms.refuseRepeat()
    if (done.known) return { started, known: pickNamed(done.known, attempt) }
    return { started, known: started ? judged : await this.findAtPrimary(attempt) }
  }

  /** The statements that decide: the insert of the session, and what must precede it. */
  #starting(
    attempt: NamedAttempt,
    judged: Judged,
    {
      row,
      failures,
      change,
      consumption,
    }: Pick<Start, 'row' | 'change' | 'consumption'> & Pick<ConfirmedBy, 'failures'>,
  ) {
    const { user } = judged.account
    const form = { meaning: meaningOf(user, attempt), failures }
    if (!change && !consumption && !this.#forms.isSent)
      return { session: startConfirmed(row, form, { attempt, judged }) }
    const isConfirmed = sql`${loginIsConfirmed(confirmed(attempt, judged), form)}
      AND ${this.#forms.isFirst}`
    const hasProved = consumption ? sql`${isConfirmed} AND ${consumption.isConsumed}` : isConfirmed
    const isUser = change ? sql`id = ${user.id} AND ${passwordIsChanged(change)}` : hasProved
    return {
      consumed:
        consumption?.statements(sql`EXISTS (SELECT 1 FROM ${users} WHERE ${isConfirmed})`) ?? [],
      changed: change ? this.#passwords.statements(change, hasProved) : [],
      session: insertSession(this.#database.primary, row, isUser),
    }
  }

  /**
   * Reauthenticates a user who is logged in. It is decided like the start of a session, and the proof is consumed in
   * the same batch. Failures are not cleared, because one proof says nothing about the others.
   */
  async confirm(
    attempt: NamedAttempt,
    judged: Judged,
    { by, consumption }: { by: { isGuess: boolean }; consumption: Consumption | null },
  ): Promise<{ confirmed: boolean; known: FoundAccount }> {
    const db = this.#database.primary
    const may = loginIsConfirmed(confirmed(attempt, judged), {
      meaning: meaningOf(judged.account.user, attempt),
      failures: by.isGuess ? 'unlocked' : 'ignored',
    })
    const consumed =
      consumption?.statements(sql`EXISTS (SELECT 1 FROM ${users} WHERE ${may})`) ?? []
    const proved = db
      .select({ id: users.id })
      .from(users)
      .where(consumption ? sql`${may} AND ${consumption.isConsumed}` : may)
    const confirming = batch(this.#database, {
      known: selectNamed(attempt),
      consumed,
      // A second click finds the note of the form together with the code that it repeats.
      noted: consumption ? this.#forms.notingProof(consumption.isConsumed) : null,
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

  async #isThere({ id }: NewSession): Promise<boolean> {
    const found = await this.#database.primary
      .select({ id: sessions.id })
      .from(sessions)
      .where(eq(sessions.id, id))
    return found.length > 0
  }

  /**
   * Counts and records a failure, if the primary's user is still as they were judged, or still unknown; records a
   * lockout if the primary knows it. Returns what the primary knew before, so that a verdict on an outdated row can
   * be judged again.
   * @param lockNotice the task to insert if this failure locks the name; null for what is not a guess, which is not
   *   counted
   * @param wrongCode the other costs of a wrong code
   */
  async refuse(
    named: NamedAttempt,
    judged: FoundAccount,
    {
      outcome,
      lockNotice,
      wrongCode = () => [],
    }: {
      outcome: LoginOutcome
      lockNotice: Task | null
      wrongCode?: ((condition: SQL) => Statement[]) | undefined
    },
  ): Promise<FoundAccount> {
    const attempt = judged.account || named.siteId !== null ? named : { ...named, username: '' }
    const db = this.#database.primary
    const { account, counter, shared } = judged
    const end = { ...whose(account, outcome), outcome, sessionId: null }
    const isLockedOut = outcome === 'locked_out'
    const isGuess = lockNotice !== null && !isLockedOut && !isNoGuess(outcome)
    const guess = isGuess ? await attempt.guess() : null
    const refusal = { counter, shared, attempt, end, guess }
    const of = { attempt, outcome }
    // A second click does not count as a guess.
    const isFirst = sql`${refusalRests(account, of)} AND ${this.#forms.isFirst}`
    const { known } = await batch(this.#database, {
      known: selectNamed(attempt),
      // Before the failure is counted, which remembers the guess.
      wrongCode: wrongCode(
        guess === null
          ? isFirst
          : sql`${isFirst} AND NOT ${isRepeatedGuess(judged, { guess, at: attempt.at })}`,
      ),
      // Somebody who has proved their identity is not a stranger, so what is recorded about them is not limited.
      ...(isNoGuess(outcome)
        ? { recorded: recordAttempt(db, attempt, end, isFirst) }
        : this.#forms.isSent && !isLockedOut
          ? refusing(db, refusal, isFirst)
          : refusingBy(refusalForm(account, of), refusal, valuesOfRefusal(account, attempt))),
      noticed: isGuess ? this.#outbox.insertion(lockNotice, hasLocked(refusal)) : null,
    })
    return pickNamed(known, attempt)
  }

  /** Records a refusal of an unknown person, or of one whom only another party names. */
  async recordUnknown(attempt: Attempt, end: AttemptEnd, { stranger, shared }: Counters) {
    const refusal = { counter: stranger, shared, attempt, end, guess: null }
    await batch(this.#database, { ...refusingBy('always', refusal, {}) })
  }

  countWrongCode(userId: number, condition: SQL) {
    return this.#database.primary
      .update(users)
      .set({ wrongCodes: sql`wrong_codes + 1` })
      .where(sql`id = ${userId} AND ${condition}`)
  }

  /** Deletes failures, and with them a lockout. @param counters see countersOf */
  async unlock(counters: StrangersCounter[], event: CredentialEvent): Promise<void> {
    const db = this.#database.primary
    await batch(this.#database, {
      unlocked: forgetting(db, { counters, at: event.at }, sql`1`),
      recorded: recordEvent(db, event, sql`1`),
    })
  }

  /**
   * The ends of counters' lockouts, including those of known callers below them, in milliseconds since the Unix
   * epoch. Counters that are not locked are left out.
   */
  async locksOf(counters: StrangersCounter[], now: number): Promise<Map<string, number>> {
    const pairs = JSON.stringify(counters.map(({ stranger, shared }) => [stranger, shared]))
    const rows = await this.#database.primary.all<{ counter: string; until: number }>(sql`
      SELECT counter, max(locked_until) AS until FROM (
        SELECT one.value ->> 0 AS counter, locked_until FROM json_each(${pairs}) AS one
        JOIN login_failures
          ON name_digest >= one.value ->> 0 AND name_digest < (one.value ->> 0) || ';'
        UNION ALL
        SELECT one.value ->> 0, locked_until FROM json_each(${pairs}) AS one
        JOIN login_failures ON name_digest = one.value ->> 1
        WHERE NOT EXISTS (SELECT 1 FROM login_failures AS own
          WHERE own.name_digest = one.value ->> 0))
      WHERE locked_until > ${now} GROUP BY counter`)
    return new Map(rows.map(({ counter, until }) => [counter, until]))
  }

  /** Deletes up to `limit` counters of a slice that last counted before `before`, and returns how many. */
  async sweepFailures(before: number, limit: number, digests = everyDigest): Promise<number> {
    const old = this.#database.primary
      .select({ nameDigest: loginFailures.nameDigest })
      .from(loginFailures)
      .where(
        and(
          gte(loginFailures.nameDigest, digests.from),
          lt(loginFailures.nameDigest, digests.before),
          lt(loginFailures.lastFailedAt, before),
        ),
      )
      .limit(limit)
    const swept = await this.#database.primary
      .delete(loginFailures)
      .where(inArray(loginFailures.nameDigest, old))
      .returning({ nameDigest: loginFailures.nameDigest })
    return swept.length
  }

  sweepKnownAddresses(before: number, limit: number, users = everyId): Promise<number> {
    return sweepKnownAddresses(this.#database, { before, limit, users })
  }
}

/** Whose attempt is recorded. A user of another site is not named to this one. */
function whose(judged: Account | null, outcome: LoginOutcome) {
  const user = outcome === 'site_mismatch' ? undefined : judged?.user
  return { userId: user?.id ?? null, siteId: judged?.site.id ?? null }
}
