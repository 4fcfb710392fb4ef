import { type AnyColumn, and, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import { ofHost } from '../sites/host-statements.ts'
import { sites } from '../sites/tables.ts'
import { CompiledStatement } from '../storage/compiled-statement.ts'
import type { ReplicatedDatabase } from '../storage/regional-database.ts'
import { type Account, accountColumns, readAccount } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { looksLikeAddress } from '../users/username.ts'
import { decidingCounter, type FoundAccount, type NamedAccount } from './failure-counter.ts'
import { KNOWN_FOR_MS, knownToSince } from './known-callers.ts'
import { loginFailures } from './tables.ts'

/** Finds the account that a name means, and whether the name is locked out. */
export function findNamed(database: ReplicatedDatabase['nearest'], named: NamedAccount) {
  return statementFor(named).all(database, valuesOf(named))
}

/**
 * The same as a statement of a batch. It returns one row if nobody has the name, and otherwise one for each of the
 * few users who do.
 */
export function selectNamed(named: NamedAccount) {
  return statementFor(named).with(valuesOf(named))
}

function statementFor({ usersOf, nameKey, formerKey }: NamedAccount) {
  const selects = nameKey === formerKey ? byOneKey : byBothKeys
  if (usersOf.kind === 'any') return selects.byUsername
  const { byUsername, byEither } = selects.within[usersOf.kind]
  return looksLikeAddress(nameKey) ? byEither : byUsername
}

function valuesOf({ nameKey, formerKey, usersOf, counters, callerDigest, at }: NamedAccount) {
  const knownSince = at - KNOWN_FOR_MS
  return { ...usersOf, nameKey, formerKey, ...counters, callerDigest, knownSince }
}

/** Until when a counter is locked: 0 if it counts failures without a lock, null if it counts none. */
const found = {
  ...accountColumns,
  lockedUntil: sql<number | null>`CASE WHEN ${loginFailures.nameDigest} IS NOT NULL
    THEN coalesce(${loginFailures.lockedUntil}, 0) END`.as('locked_until'),
  seenAt: knownToSince({
    callerDigest: sql.placeholder('callerDigest'),
    since: sql.placeholder('knownSince'),
  }).as('seen_at'),
  callerLockedUntil: sql<number | null>`(SELECT coalesce(locked_until, 0) FROM login_failures AS own
    WHERE own.name_digest = ${sql.placeholder('knownCaller')})`.as('caller_locked_until'),
}

/** Only names beyond plain ASCII have two keys. A list of two costs more rows than one key. */
const byOneKey = selectsBy((column) => eq(column, sql.placeholder('nameKey')))
const byBothKeys = selectsBy((column) =>
  inArray(column, [sql.placeholder('formerKey'), sql.placeholder('nameKey')]),
)

function selectsBy(isNamed: (column: AnyColumn) => SQL) {
  const hasUsername = isNamed(users.usernameKey)
  const hasAddress = isNamed(users.verifiedEmailKey)
  const within = (siteId: SQL) => {
    const isOfSite = eq(users.siteId, siteId)
    return {
      byUsername: selectBy(hasUsername, and(hasUsername, isOfSite)),
      byEither: selectBy(hasUsername, and(or(hasUsername, hasAddress), isOfSite)),
    }
  }
  return {
    byUsername: selectBy(hasUsername, hasUsername),
    within: {
      site: within(siteAt(ofHost({ kind: 'site', subdomain: sql.placeholder('subdomain') }))),
      domain: within(siteAt(ofHost({ kind: 'domain', domain: sql.placeholder('domain') }))),
      'site-id': within(sql`${sql.placeholder('siteId')}`),
    },
  }
}

/** Selects the host's site by its row, because KV decides nothing. */
export function siteAt(host: SQL | undefined): SQL {
  return sql`(SELECT ${sites.id} FROM ${sites} WHERE ${host})`
}

function selectBy(hasUsername: SQL, condition: SQL | undefined) {
  return CompiledStatement.reading(
    (db) => {
      const anchor = db
        .select({ one: sql`1`.as('one') })
        .from(sql`(SELECT 1)`)
        .as('anchor')
      return db
        .select(found)
        .from(anchor)
        .leftJoin(
          loginFailures,
          eq(
            loginFailures.nameDigest,
            decidingCounter({
              counter: sql.placeholder('stranger'),
              shared: sql.placeholder('shared'),
            }),
          ),
        )
        .leftJoin(users, condition)
        .leftJoin(sites, eq(sites.id, users.siteId))
        .orderBy(
          sql`${hasUsername} DESC`,
          sql`${sql.placeholder('formerKey')} IN (${users.usernameKey}, ${users.verifiedEmailKey}) DESC`,
        )
        .limit(3)
    },
    ([user, site, lockedUntil, seenAt, callerLockedUntil]) => ({
      ...readAccount(user, site),
      lockedUntil: lockedUntil as number | null,
      seenAt: seenAt as number | null,
      callerLockedUntil: callerLockedUntil as number | null,
    }),
  )
}

/**
 * Picks the user whom a name means. A username wins over an address, and the former key over the present one. An
 * address that several users share names nobody.
 */
export function pickNamed(
  rows: Awaited<ReturnType<typeof findNamed>>,
  { nameKey, formerKey, counters }: NamedAccount,
): FoundAccount {
  const found = (rows as Found[]).filter(({ user }) => user.id !== null)
  const named = (key: string) => found.find(({ user }) => user.usernameKey === key)
  const one = named(formerKey) ?? named(nameKey) ?? onlyBearer(found, formerKey)
  const account = one ? { user: one.user, site: one.site } : null
  const seenAt = one?.seenAt ?? null
  const [strangers, own] = [rows[0]?.lockedUntil ?? null, rows[0]?.callerLockedUntil ?? null]
  const [counter, locked] =
    seenAt === null ? [counters.stranger, strangers] : [counters.knownCaller, own]
  return {
    account,
    counter,
    shared: seenAt === null ? counters.shared : null,
    lockedUntil: locked || null,
    hasFailures: locked !== null || own !== null,
    seenAt,
  }
}

/** The only user of an address: by its former key, or by the present one if nobody has the former. */
function onlyBearer(found: Found[], formerKey: string): Found | undefined {
  const former = found.filter(({ user }) => user.verifiedEmailKey === formerKey)
  const bearers = former.length > 0 ? former : found
  return bearers.length === 1 ? bearers[0] : undefined
}

type Found = Account & { seenAt: number | null }
