import { sql } from 'drizzle-orm'
import { type AttemptEnd, historyRow } from '../audit/record-attempt.ts'
import { loginHistory } from '../audit/tables.ts'
import { insertSession, isStarted } from '../sessions/insert-session.ts'
import type { NewSession } from '../sessions/session.ts'
import { sessions } from '../sessions/tables.ts'
import { MINUTE } from '../storage/clock.ts'
import { CompiledStatement, compiledBy } from '../storage/compiled-statement.ts'
import { insertFrom, placeholdersOf } from '../storage/insert-from.ts'
import type { LoginInterface } from '../users/last-logins.ts'
import { users } from '../users/tables.ts'
import {
  type Confirmed,
  type ConfirmedBy,
  confirmed,
  type Judged,
  loginIsConfirmed,
} from './judged-remains.ts'
import { rememberAddress } from './known-callers.ts'
import type { NamedAttempt } from './named-attempt.ts'
import { loginFailures } from './tables.ts'

// The statements of nearly every login, built once an isolate.

const hasStarted = isStarted(sql.placeholder('sessionId'))

const values: Confirmed = {
  account: {
    user: { id: sql.placeholder('judgedId'), revision: sql.placeholder('judgedRevision') },
    site: { revision: sql.placeholder('judgedSiteRevision') },
  },
  named: { nameKey: sql.placeholder('nameKey'), formerKey: sql.placeholder('formerKey') },
  counters: {
    counter: sql.placeholder('counter'),
    knownCaller: sql.placeholder('knownCaller'),
    shared: sql.placeholder('shared'),
  },
  at: sql.placeholder('at'),
}

const insertions = compiledBy(
  (form: `${ConfirmedBy['meaning']} ${ConfirmedBy['failures']}`) =>
    new CompiledStatement((db) => {
      const [meaning, failures] = form.split(' ') as [
        ConfirmedBy['meaning'],
        ConfirmedBy['failures'],
      ]
      const isConfirmed = loginIsConfirmed(values, { meaning, failures })
      return insertSession(db, placeholdersOf(sessions), isConfirmed)
    }),
)

/** Starts the session of a login on which nothing but the account decides. */
export function startConfirmed(
  row: NewSession,
  by: ConfirmedBy,
  { attempt, judged }: { attempt: NamedAttempt; judged: Judged },
) {
  const { account, named, counters, at } = confirmed(attempt, judged)
  return insertions(`${by.meaning} ${by.failures}`).with({
    ...row,
    judgedId: account.user.id,
    judgedRevision: account.user.revision,
    judgedSiteRevision: account.site.revision,
    nameKey: named.nameKey,
    formerKey: named.formerKey,
    ...counters,
    at,
  })
}

/** Forgets the failures of two counters, once the session is there. */
export const forgetFailures = new CompiledStatement((db) =>
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
export function noteLogin(
  { at, byProgram }: Pick<NamedAttempt, 'at' | 'byProgram'>,
  { through, ...of }: { userId: number; sessionId: number; through: LoginInterface },
) {
  const path = `$.${through}`
  const writtenBefore = byProgram ? at - REPEATED_LOGIN_MS : at
  return loginNote.with({ ...of, path, at, writtenBefore })
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

const historyInsertion = new CompiledStatement((db) =>
  insertFrom(db, loginHistory, placeholdersOf(loginHistory), { where: hasStarted }),
)

/** Records the login in the history. */
export function recordStart(attempt: NamedAttempt, end: AttemptEnd) {
  return historyInsertion.with(historyRow(attempt, end))
}

/** Remembers where from. */
export const rememberCaller = new CompiledStatement((db) =>
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
