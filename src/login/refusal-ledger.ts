import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { type CredentialEvent, recordEvent } from '../audit/credential-event.ts'
import { isNoGuess, type LoginOutcome, loginOutcomes } from '../audit/login-outcome.ts'
import {
  type Attempt,
  type AttemptEnd,
  keptUserAgent,
  recordAttempt,
} from '../audit/record-attempt.ts'
import { loginHistory, NO_SITE } from '../audit/tables.ts'
import type { Outbox, Task } from '../notifications/outbox.ts'
import { batch, type Statement } from '../storage/batch.ts'
import { DAY, HOUR } from '../storage/clock.ts'
import { CompiledStatement, compiledBy } from '../storage/compiled-statement.ts'
import { type Inserting, insertFrom } from '../storage/insert-from.ts'
import { RegionStore } from '../storage/region-store.ts'
import type { Database, ReplicatedDatabase } from '../storage/regional-database.ts'
import type { SentForms } from '../storage/sent-forms.ts'
import type { Account } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { pickNamed, selectNamed } from './account-finder.ts'
import {
  type Counter,
  type Counters,
  decidingCounter,
  type FoundAccount,
  forgetting,
  isRepeatedGuess,
  type NamedAttempt,
  REPETITION_MS,
  type StrangersCounter,
} from './failure-counter.ts'
import { loginBudgets, loginFailures } from './tables.ts'
import {
  comparedOf,
  type RefusalForm,
  refusalCondition,
  refusalForm,
} from './verdict-conditions.ts'

/** The refused logins of one region: their counters, lockouts and rows of the history. */
export class RefusalLedger extends RegionStore {
  readonly #outbox: Outbox

  constructor(database: ReplicatedDatabase, forms: SentForms, outbox: Outbox) {
    super(database, forms)
    this.#outbox = outbox
  }

  /**
   * Counts and records a failure, if the primary's user is still as they were judged, or still unknown; records a
   * lockout if the primary knows it. Returns what the primary knew before, so that a verdict on an outdated row can
   * be judged again.
   * @param lockNotice the task to insert if this failure locks the name; null for what is not a guess, which is not
   *   counted
   * @param wrongCode the other costs of a wrong code
   */
  async record(
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
    const { db } = this
    const { account, counter, shared } = judged
    const end = { ...recordedUser(account, outcome), outcome, sessionId: null }
    const isLockedOut = outcome === 'locked_out'
    const isGuess = lockNotice !== null && !isLockedOut && !isNoGuess(outcome)
    const guess = isGuess ? await attempt.guess() : null
    const refusal = { counter, shared, attempt, end, guess }
    const form = refusalForm(outcome, attempt, account)
    const compared = comparedOf(attempt, judged)
    // A second click does not count as a guess.
    const isFirst = sql`${refusalCondition(form, compared)} AND ${this.forms.isFirst}`
    const { known } = await batch(this.database, {
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
        : this.forms.isSent && !isLockedOut
          ? refusalIf(db, refusal, isFirst)
          : refusalBy(form, refusal, compared)),
      noticed: isGuess ? this.#outbox.insertion(lockNotice, hasLocked(refusal)) : null,
    })
    return pickNamed(known, attempt)
  }

  /** Records a refusal of an unknown person, or of one whom only another party names. */
  async recordUnknown(attempt: Attempt, end: AttemptEnd, { stranger, shared }: Counters) {
    const refusal = { counter: stranger, shared, attempt, end, guess: null }
    await batch(this.database, { ...refusalBy('always', refusal, {}) })
  }

  countWrongCode(userId: number, condition: SQL) {
    return this.db
      .update(users)
      .set({ wrongCodes: sql`wrong_codes + 1` })
      .where(sql`id = ${userId} AND ${condition}`)
  }

  /** Deletes failures, and with them a lockout. @param counters see countersOf */
  async unlock(counters: StrangersCounter[], event: CredentialEvent): Promise<void> {
    const { db } = this
    await batch(this.database, {
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
    const rows = await this.db.all<{ counter: string; until: number }>(sql`
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
}

/** The user whose attempt is recorded. A user of another site is not named to this one. */
function recordedUser(judged: Account | null, outcome: LoginOutcome) {
  const user = outcome === 'site_mismatch' ? undefined : judged?.user
  return { userId: user?.id ?? null, siteId: judged?.site.id ?? null }
}

/** On the global and regional hosts, for every name, because the rules of a known name's site would reveal it. */
const SHARED_HOST_POLICY = { tries: 10, withinHours: 1, lockHours: 1 }

/** From this many failures in a row, a lockout lasts at least a day (NIST SP 800-63B-4 §3.2.2). */
const MOST_IN_A_ROW = 100
const LONG_LOCK_MS = DAY

const MOST_REMEMBERED_GUESSES = 100

/** For this long, refusals of a name for one reason count in one row of the history. */
const ROW_COUNTS_MS = HOUR

/**
 * The rows that refusals at one site's host can add to the history in a day. Counters of names are limited to the
 * same number.
 */
export const MOST_ROWS_A_DAY = 2_000

/** A refusal, and its counters. */
interface Refusal extends Counter {
  counter: string
  shared: string | null
  attempt: Attempt
  end: AttemptEnd
  /** An HMAC of the guess; null if nothing was guessed, which is not a failure. */
  guess: string | null
}

/**
 * The statements that count and record a refusal, if the condition holds. What they store is limited, whatever anyone
 * tries (docs/storage.md):
 * - A name has one counter. Once its host's site has used up the day's rows, names without a counter share one, so
 *   that every failure is counted. They stay there until the sweep.
 * - The first refusal of a name for a reason is a row of the history, and those of the next hour count in it. Once
 *   the day's rows are used up, all names share one row for a reason and hour.
 */
export function refusalIf(db: Database, refusal: Refusal, condition: SQL) {
  const values = valuesOf(refusal)
  return { counted: countingStatement(db, values, condition), ...historyStatements(values) }
}

/** The same, by statements that are built once. @param judged what the form of the condition needs */
export function refusalBy(form: RefusalForm | 'always', refusal: Refusal, judged: object) {
  const values = { ...judged, ...valuesOf(refusal) }
  return { counted: countingBy(form).with(values), ...historyStatements(values) }
}

function historyStatements(values: object) {
  return { recorded: historyRecording.with(values), spent: budgetSpending.with(values) }
}

/** Whether this attempt locked its counter. */
function hasLocked(refusal: Refusal): SQL {
  const { at } = refusal.attempt
  return sql`EXISTS (SELECT 1 FROM (${countedIn(refusal)})
    WHERE locked_until > ${at} AND coalesce(locked_before, 0) <= ${at})`
}

/** The counter in which this attempt was counted, if it was. */
function countedIn({ counter, shared, attempt }: Counter & { attempt: { id: Value } }): SQL {
  const isIn = (name: Value | null) => sql`SELECT recorded, locked_until, locked_before
    FROM login_failures WHERE name_digest = ${name} AND last_attempt = ${attempt.id}`
  return sql`${isIn(counter)} UNION ALL ${isIn(shared)}`
}

type Value = Counter['counter'] | number

/** What is counted, and where. `attempt` and `found` are null for what the login history does not record. */
interface CountingValues extends Counter {
  guess: Value | null
  /** The site whose rules lock the counter; null for the rules of the shared hosts. */
  rulesOf: Value | null
  at: Value
  day: Value
  attempt: Value | null
  found: Value | null
}

/** Counts a guess that is not a login. */
export function countGuess(
  db: Database,
  { counter, guess, at }: { counter: string; guess: string; at: number },
) {
  const none = { shared: null, rulesOf: null, attempt: null, found: null }
  return countingStatement(db, { counter, guess, at, day: dayOf(at), ...none }, sql`1`)
}

/** The first statement: it decides where the refusal counts. */
function countingStatement<RunResult>(
  db: Inserting<RunResult>,
  refusal: CountingValues,
  condition: SQL,
) {
  const counted = insertFrom(
    db,
    loginFailures,
    {
      nameDigest: sql`name_digest`,
      failures: sql`failures`,
      lastFailedAt: sql`at`,
      windowStartedAt: sql`window_started_at`,
      inARow: sql`in_a_row`,
      lockedUntil: sql`CASE WHEN locked_until > at OR NOT counts THEN locked_until
        WHEN failures >= tries THEN at + CASE WHEN in_a_row >= ${MOST_IN_A_ROW}
          THEN max(lock_ms, ${LONG_LOCK_MS}) ELSE lock_ms END END`,
      recentGuesses: sql`recent_guesses`,
      lockedBefore: sql`locked_until`,
      lastAttempt: sql`attempt`,
      recorded: sql`recorded`,
    },
    { from: sql`(${counterAfter(refusal)})`, where: condition },
  )
  const { nameDigest: _, ...replaced } = getTableColumns(loginFailures)
  const set = Object.entries(replaced).map(([name, column]) => [
    name,
    sql.raw(`excluded.${column.name}`),
  ])
  return counted.onConflictDoUpdate({
    target: loginFailures.nameDigest,
    set: Object.fromEntries(set),
  })
}

const placeholders: CountingValues = {
  counter: sql.placeholder('counter'),
  shared: sql.placeholder('shared'),
  guess: sql.placeholder('guess'),
  rulesOf: sql.placeholder('rulesOf'),
  at: sql.placeholder('at'),
  day: sql.placeholder('day'),
  attempt: sql.placeholder('attempt'),
  found: sql.placeholder('found'),
}

const countingBy = compiledBy(
  (form: RefusalForm | 'always') =>
    new CompiledStatement((db) =>
      countingStatement(db, placeholders, form === 'always' ? sql`1` : refusalCondition(form)),
    ),
)

/** The counter after the refusal. */
function counterAfter(refusal: CountingValues): SQL {
  return sql`SELECT name_digest, at, attempt, counts, tries, lock_ms, locked_until,
      CASE WHEN NOT counts THEN failures WHEN is_anew THEN 1 ELSE failures + 1 END AS failures,
      CASE WHEN counts AND is_anew THEN at ELSE window_started_at END AS window_started_at,
      in_a_row + counts AS in_a_row,
      CASE WHEN counts THEN (SELECT json_group_array(json(value)) FROM (
          SELECT value FROM (SELECT value FROM json_each(recent_guesses)
            WHERE value ->> 1 > at - ${REPETITION_MS} ORDER BY value ->> 1 DESC LIMIT ${MOST_REMEMBERED_GUESSES - 1})
          UNION ALL SELECT json_array(guess, at)))
        ELSE recent_guesses END AS recent_guesses,
      CASE WHEN has_row OR found IS NULL THEN recorded ELSE json_set(recorded, found, json_array(at, attempt)) END AS recorded
    FROM (${counterBefore(refusal)})`
}

/** The counter before the refusal, with the rules and the budget of the host's site. */
function counterBefore({
  counter,
  shared,
  guess,
  rulesOf,
  at,
  day,
  attempt,
  found,
}: CountingValues): SQL {
  const { tries, withinHours, lockHours } = SHARED_HOST_POLICY
  const deciding = decidingCounter({ counter: sql`own`, shared: sql`shared` })
  return sql`SELECT at, attempt, shared, guess, found,
      coalesce(was.name_digest, CASE WHEN ${isSpent(day)} THEN shared END, own) AS name_digest,
      coalesce(was.failures, 0) AS failures, coalesce(was.in_a_row, 0) AS in_a_row,
      coalesce(was.window_started_at, 0) AS window_started_at, was.locked_until,
      coalesce(was.recent_guesses, '[]') AS recent_guesses,
      (SELECT json_group_object(key, json(value)) FROM json_each(was.recorded)
        WHERE value ->> 0 > at - ${ROW_COUNTS_MS}) AS recorded,
      coalesce(was.window_started_at, 0) <= at - 3600000 * coalesce(user_lockout_within, ${withinHours})
        OR coalesce(was.locked_until <= at, 0) AS is_anew,
      guess IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(was.recent_guesses) AS one
        WHERE one.value ->> 0 = guess AND one.value ->> 1 > at - ${REPETITION_MS}) AS counts,
      coalesce(was.recorded ->> (found || '[0]') > at - ${ROW_COUNTS_MS}, 0) OR ${isSpent(day)} AS has_row,
      CASE WHEN host_site IS NULL THEN ${tries} WHEN user_lockout THEN user_lockout_tries END AS tries,
      3600000 * coalesce(user_lockout_lock_period, ${lockHours}) AS lock_ms
    FROM (SELECT ${counter} AS own, ${shared} AS shared, ${guess} AS guess, ${rulesOf} AS host_site,
      CAST(${at} AS INTEGER) AS at, CAST(${attempt} AS INTEGER) AS attempt, ${found} AS found)
    LEFT JOIN login_failures AS was ON was.name_digest = ${deciding}
    LEFT JOIN sites ON sites.id = host_site
    LEFT JOIN login_budgets AS budget ON budget.site_id = coalesce(host_site, ${NO_SITE})`
}

function isSpent(day: Value): SQL {
  return sql`(coalesce(budget.day = ${day} AND budget.spent >= ${MOST_ROWS_A_DAY}, 0))`
}

const countedNow = countedIn({
  counter: sql.placeholder('counter'),
  shared: sql.placeholder('shared'),
  attempt: { id: sql.placeholder('attempt') },
})

/** The second statement: a new row of the history, or one more in an existing row. */
const historyRecording = new CompiledStatement((db) => {
  const ofName = (name: string) =>
    sql`CASE WHEN row_id IS NOT NULL THEN ${sql.placeholder(name)} END`
  const recorded = insertFrom(
    db,
    loginHistory,
    {
      siteId: sql.placeholder('siteId'),
      createdAt: sql`coalesce(row_at, ${sql.placeholder('hour')})`,
      id: sql`coalesce(row_id, ${sql.placeholder('idOfAll')})`,
      userId: ofName('userId'),
      username: sql`coalesce(${ofName('username')}, '')`,
      outcome: sql.placeholder('outcome'),
      sessionId: null,
      address: sql.placeholder('address'),
      userAgent: sql.placeholder('userAgent'),
      requestId: sql.placeholder('requestId'),
      times: 1,
      lastAt: null,
      lastAddress: null,
    },
    {
      from: sql`(SELECT recorded ->> ${sql.placeholder('foundAt')} AS row_at,
        recorded ->> ${sql.placeholder('foundId')} AS row_id FROM (${countedNow}))`,
      where: sql`1`,
    },
  )
  return recorded.onConflictDoUpdate({
    target: [loginHistory.siteId, loginHistory.createdAt, loginHistory.id],
    set: {
      times: sql`times + 1`,
      lastAt: sql`${sql.placeholder('at')}`,
      lastAddress: sql`excluded.address`,
    },
  })
})

/** The third statement: a new row of the history uses up one of the host's site. */
const budgetSpending = new CompiledStatement((db) =>
  insertFrom(
    db,
    loginBudgets,
    { siteId: sql.placeholder('hostSite'), day: sql.placeholder('day'), spent: 1 },
    {
      from: sql`(${countedNow})`,
      where: sql`recorded ->> ${sql.placeholder('foundId')} = ${sql.placeholder('attempt')}`,
    },
  ).onConflictDoUpdate({
    target: loginBudgets.siteId,
    set: {
      day: sql`excluded.day`,
      spent: sql`CASE WHEN ${loginBudgets.day} = excluded.day THEN ${loginBudgets.spent} + 1 ELSE 1 END`,
    },
  }),
)

function valuesOf({ counter, shared, attempt, end, guess }: Refusal) {
  const { id, at, address, username, requestId } = attempt
  const hour = Math.floor(at / HOUR)
  const found = pathOf({ counter, end })
  return {
    counter,
    shared,
    guess,
    attempt: id,
    rulesOf: attempt.siteId,
    siteId: attempt.siteId ?? end.siteId ?? NO_SITE,
    hostSite: attempt.siteId ?? NO_SITE,
    hour: hour * HOUR,
    // The row that all names share.
    idOfAll: hour * 2 ** 6 + loginOutcomes.indexOf(end.outcome),
    userId: end.userId,
    username,
    outcome: end.outcome,
    address,
    userAgent: keptUserAgent(attempt),
    requestId,
    found,
    foundAt: `${found}[0]`,
    foundId: `${found}[1]`,
    at,
    day: dayOf(at),
  }
}

/** The key under which a counter's refusals are found in the history. Several names may share it. */
function pathOf({ counter, end }: { counter: string; end: AttemptEnd }): string {
  return `$."${end.outcome} ${counter.slice(0, 16)}"`
}

function dayOf(at: number): number {
  return Math.floor(at / DAY)
}
