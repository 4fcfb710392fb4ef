import { and, eq, or, sql } from 'drizzle-orm'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { sites } from '../sites/tables.ts'
import { type Account, accountColumns } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { looksLikeAddress } from '../users/username.ts'
import { loginFailures } from './tables.ts'

/** Whom a log in names: a username anywhere, or a verified address on its site's own host. */
export interface NamedAccount {
  nameKey: string
  /** The site of the host that the attempt came in on; null on the global and regional hosts. */
  siteId: number | null
  /** Under what failures of the name are counted. */
  nameDigest: string
}

/** What a store knows of a name: whose it is, and until when it is locked. */
export interface Known {
  account: Account | null
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
      lockedUntil: sql`${loginFailures.lockedUntil}`.as('locked_until'),
    })
    .from(anchor)
    .leftJoin(loginFailures, eq(loginFailures.nameDigest, named.nameDigest))
    .leftJoin(users, or(byUsername, byAddress))
    .leftJoin(sites, eq(sites.id, users.siteId))
    .orderBy(sql`${byUsername} DESC`)
    .limit(3)
}

/** A username wins over an address; an address that several users share names nobody. */
export function pickNamed(
  rows: Awaited<ReturnType<typeof selectNamed>>,
  named: NamedAccount,
): Known {
  const found = (rows as (Account & { lockedUntil: number | null })[]).filter(
    ({ user }) => user.id !== null,
  )
  const lockedUntil = (rows[0]?.lockedUntil ?? null) as number | null
  const byUsername = found.find(({ user }) => user.usernameKey === named.nameKey)
  const one = byUsername ?? (found.length === 1 ? found[0] : undefined)
  return { account: one ? { user: one.user, site: one.site } : null, lockedUntil }
}
