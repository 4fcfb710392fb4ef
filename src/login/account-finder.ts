import { and, eq, or, sql } from 'drizzle-orm'
import type { ReplicatedDatabase } from '../regions/regional-database.ts'
import { sites } from '../sites/tables.ts'
import { type Account, accountColumns } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { looksLikeAddress } from '../users/username.ts'

/** Whom a log in names: a username anywhere, or a verified address on its site's own host. */
export interface NamedAccount {
  nameKey: string
  /** The site of the host that the attempt came in on; null on the global and regional hosts. */
  siteId: number | null
}

/** The statement that finds whom a log in names: at most the few rows that bear the name. */
export function selectNamed(database: ReplicatedDatabase['nearest'], named: NamedAccount) {
  const byUsername = eq(users.usernameKey, named.nameKey)
  const byAddress =
    named.siteId !== null && looksLikeAddress(named.nameKey)
      ? and(eq(users.verifiedEmailKey, named.nameKey), eq(users.siteId, named.siteId))
      : undefined
  return database
    .select(accountColumns)
    .from(users)
    .innerJoin(sites, eq(sites.id, users.siteId))
    .where(or(byUsername, byAddress))
    .orderBy(sql`${byUsername} DESC`)
    .limit(3)
}

/** A username wins over an address; an address that several users share names nobody. */
export function pickNamed(found: Account[], { nameKey }: NamedAccount): Account | null {
  const byUsername = found.find(({ user }) => user.usernameKey === nameKey)
  if (byUsername) return byUsername
  return found.length === 1 ? (found[0] ?? null) : null
}
