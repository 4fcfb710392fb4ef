import { and, eq, gt, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/sqlite-core'
import { rowMayUse } from '../login/policy.ts'
import { ofHost } from '../sites/host-statements.ts'
import type { HostScope } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import { CompiledStatement, compiledBy } from '../storage/compiled-statement.ts'
import { beatAt } from '../storage/heartbeat.ts'
import { packedRow } from '../storage/packed-row.ts'
import type { Database } from '../storage/regional-database.ts'
import { accountColumns, readAccount } from '../users/account.ts'
import { users } from '../users/tables.ts'
import type { KeyOfString } from './session-string.ts'
import { formerSessions, type SessionTable, sessions, sessionTables } from './tables.ts'

/** How a request identifies a session: by the key of its string, or by a verified token. */
export type SessionKey = KeyOfString | { id: number } | TokenKey

interface TokenKey {
  id: number
  userId: number
  siteId: number
}

type KeyKind = 'string' | 'id' | 'token'

/** Reads a session with its user and site from either table. Its values are those of the key. */
export function selectSession(key: SessionKey) {
  return selects(kindOf(key))
}

/** Deletes an active session of a table if it belongs to the host's site. Its values are key, scope, now and epoch. */
export function deleteSession(table: SessionTable, key: SessionKey, scope: HostScope) {
  return deletions(`${table === sessions ? 'keyed' : 'former'} ${kindOf(key)} ${scope.kind}`)
}

/** The time and the epoch in which a session must be active. */
interface ActiveAt {
  now: number | Placeholder
  epoch: number | Placeholder
}

/** Selects the active sessions of a table, according to their rows, users and sites. */
export function selectActive(
  db: Pick<Database, 'select'>,
  table: SessionTable,
  { which, ...activeAt }: ActiveAt & { which: SQL | undefined },
) {
  return db
    .select({ userId: table.userId })
    .from(table)
    .innerJoin(users, eq(users.id, table.userId))
    .innerJoin(sites, eq(sites.id, table.siteId))
    .where(and(which, isUnexpired(table, activeAt), ownerAllows(table, activeAt.now)))
}

/** The condition that a session is active according to its own row. */
export function isUnexpired(table: SessionTable, { now, epoch }: ActiveAt) {
  return and(eq(table.epoch, epoch), gt(table.timeoutAt, now))
}

/** The same according to its user and site. */
export function ownerAllows(table: SessionTable, now: number | Placeholder) {
  return and(
    eq(users.credentialVersion, table.credentialVersion),
    rowMayUse('session'),
    sql`${table.lastUsedAt} + ${sites.sessionExpiry} * 3600000 > ${now}`,
  )
}

/** Selects the ids of the session that a key identifies, in either table. */
export function selectIds(key: SessionKey): SQL {
  const ids = sessionTables.map((table) => {
    const isFound = isOfKey(table, 'digest' in key ? 'string' : 'id', key)
    return sql`SELECT ${table.id} FROM ${table} WHERE ${isFound}`
  })
  return sql`(${sql.join(ids, sql` UNION ALL `)})`
}

const packedSession = packedRow(sessions, 'session')
const packedFormer = packedRow(formerSessions, 'session')

const selects = compiledBy((kind: KeyKind) =>
  CompiledStatement.reading(
    (db) => {
      const rows = (table: SessionTable) =>
        db
          .select({
            userId: table.userId,
            siteId: table.siteId,
            row: (table === sessions ? packedSession : packedFormer).column,
          })
          .from(table)
          .where(isOfKey(table, kind, placeholders))
      const found = unionAll(rows(sessions), rows(formerSessions)).as('found')
      return db
        .select({ session: found.row, ...accountColumns, beatAt })
        .from(found)
        .innerJoin(users, eq(users.id, found.userId))
        .innerJoin(sites, eq(sites.id, found.siteId))
    },
    ([session, user, site, beatAt]) => ({
      session: packedSession.read(session),
      ...readAccount(user, site),
      beatAt: beatAt as number | null,
    }),
  ),
)

const deletions = compiledBy(
  (kinds: `${'keyed' | 'former'} ${KeyKind} ${HostScope['kind']}`) =>
    new CompiledStatement((db) => {
      const [name, key, host] = kinds.split(' ') as [string, KeyKind, HostScope['kind']]
      const table = name === 'keyed' ? sessions : formerSessions
      const now = sql.placeholder('now')
      const owner = db
        .select({ one: sql`1` })
        .from(users)
        .innerJoin(sites, eq(sites.id, users.siteId))
        .where(and(eq(users.id, table.userId), ownerAllows(table, now), isOfHost[host]))
      const isActive = isUnexpired(table, { now, epoch: sql.placeholder('epoch') })
      return db
        .delete(table)
        .where(and(isOfKey(table, key, placeholders), isActive, sql`EXISTS ${owner}`))
        .returning({ id: table.id })
    }),
)

const placeholders = {
  id: sql.placeholder('id'),
  digest: sql.placeholder('digest'),
  userId: sql.placeholder('userId'),
  siteId: sql.placeholder('siteId'),
}

/** Whether a row is the session of a key. Former rows have only the digest of the string. */
function isOfKey(
  table: SessionTable,
  kind: KeyKind,
  key: typeof placeholders | SessionKey,
): SQL | undefined {
  const hasId = eq(table.id, key.id)
  if (kind === 'string' && 'digest' in key) {
    const hasDigest = eq(table.digest, key.digest)
    return table === sessions ? and(hasId, hasDigest) : hasDigest
  }
  return kind === 'token' && 'userId' in key
    ? and(hasId, eq(table.userId, key.userId), eq(table.siteId, key.siteId))
    : hasId
}

const isOfHost: Record<HostScope['kind'], SQL | undefined> = {
  any: undefined,
  site: ofHost({ kind: 'site', subdomain: sql.placeholder('subdomain') }),
  domain: ofHost({ kind: 'domain', domain: sql.placeholder('domain') }),
}

function kindOf(key: SessionKey): KeyKind {
  if ('digest' in key) return 'string'
  return 'userId' in key ? 'token' : 'id'
}

type Which = (table: SessionTable) => SQL | undefined

/** The statements that delete sessions from both tables. */
export function endSessions(db: Database, which: Which) {
  return sessionTables.map((table) =>
    db.delete(table).where(which(table)).returning({ id: table.id }),
  )
}

/** The statements that change sessions in both tables. */
export function changeSessions(
  db: Database,
  changes: { [Name in keyof SessionChanges]?: SessionChanges[Name] | SQL },
  which: Which,
) {
  return sessionTables.map((table) => db.update(table).set(changes).where(which(table)))
}

type SessionChanges = Omit<typeof sessions.$inferInsert, 'id'>
