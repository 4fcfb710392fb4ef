import { and, eq, or, sql } from 'drizzle-orm'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { sites } from '../sites/tables.ts'
import { type Account, accountColumns } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { looksLikeAddress } from '../users/username.ts'
import type { Counters } from './failure-counter.ts'
import { isKnownTo } from './known-addresses.ts'
import { loginFailures } from './tables.ts'

/** Whom a log in names: a username anywhere, or a verified address on its site's own host. */
export interface NamedAccount {
  nameKey: string
  /** The site of the host that the attempt came in on; null on the global and regional hosts. */
  siteId: number | null
  counters: Counters
  /** Of the caller: see known-addresses.ts. */
  addressDigest: string | null
  /** Milliseconds since the Unix epoch. */
  at: number
}

/** What a store knows of a name and caller: whose it is, and until when it is locked. */
export interface Known {
  account: Account | null
  /** Where failures of this caller are counted. */
  counter: string
  lockedUntil: number | null
}

/**
 * The statement that finds whom a log in names and whether the name is locked: one row where nobody has
 * it, else one for each of the few users that bear it.
 */
export function selectNamed(database: ReplicatedDatabase['nearest'], named: NamedAccount) {
  const byUsername = eq(users.usernameKey, named.nameKey)
  const byAddress =
    named.siteId !== null && looksLikeAddress(named.nameKey)
      ? and(eq(users.verifiedEmailKey, named.nameKey), eq(users.siteId, named.siteId))
      : undefined
  const anchor = database
    .select({ one: sql`1`.as('one') })
    .from(sql`(SELECT 1)`)
    .as('anchor')
  return database
    .select({
      ...accountColumns,
      lockedUntil: sql<number | null>`${loginFailures.lockedUntil}`.as('locked_until'),
      isKnown: sql<0 | 1>`${isKnownTo(named)}`.as('is_known'),
      callerLockedUntil: sql<number | null>`(SELECT locked_until FROM login_failures AS own
        WHERE own.name_digest = ${named.counters.knownCaller})`.as('caller_locked_until'),
    })
    .from(anchor)
    .leftJoin(loginFailures, eq(loginFailures.nameDigest, named.counters.stranger))
    .leftJoin(users, or(byUsername, byAddress))
    .leftJoin(sites, eq(sites.id, users.siteId))
    .orderBy(sql`${byUsername} DESC`)
    .limit(3)
}

/** A username wins over an address; an address that several users share names nobody. */
export function pickNamed(
  rows: Awaited<ReturnType<typeof selectNamed>>,
  { nameKey, counters }: NamedAccount,
): Known {
  const found = (rows as Found[]).filter(({ user }) => user.id !== null)
  const byUsername = found.find(({ user }) => user.usernameKey === nameKey)
  const one = byUsername ?? (found.length === 1 ? found[0] : undefined)
  const account = one ? { user: one.user, site: one.site } : null
  return one?.isKnown
    ? { account, counter: counters.knownCaller, lockedUntil: one.callerLockedUntil }
    : { account, counter: counters.stranger, lockedUntil: rows[0]?.lockedUntil ?? null }
}

type Found = Account & { isKnown: 0 | 1; callerLockedUntil: number | null }
