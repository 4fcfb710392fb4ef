import { and, eq, gt, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { ofHost } from '../sites/of-host.ts'
import type { HostScope } from '../sites/site.ts'
import { sites } from '../sites/tables.ts'
import { aliasedColumns } from '../storage/aliased-columns.ts'
import { CompiledStatement } from '../storage/compiled-statement.ts'
import { beatAt } from '../storage/heartbeat.ts'
import { accountColumns } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { sessions } from './tables.ts'

/** How a request names a session: by the digest of its string, or as a verified token names it. */
export type SessionKey = { digest: string } | { id: number } | TokenKey

interface TokenKey {
  id: number
  userId: number
  siteId: number
}

type KeyKind = 'digest' | 'id' | 'token'

const found = { session: aliasedColumns(sessions, 'session'), ...accountColumns, beatAt }

/** Reads a session with its user and site; its values are the key. */
export function selectSession(key: SessionKey) {
  return compiledSelect(kindOf(key))
}

/** Ends a session that lives, if it is of the host's site; its values are key, scope, now and epoch. */
export function deleteSession(key: SessionKey, scope: HostScope) {
  return compiledDelete(`${kindOf(key)} ${scope.kind}`)
}

/** The condition that a session's own row lets it live. */
export function isUnexpired(asked: { now: number | Placeholder; epoch: number | Placeholder }) {
  return and(eq(sessions.epoch, asked.epoch), gt(sessions.timeoutAt, asked.now))
}

/** The same of a session joined with its user and site. */
export function ownerAllows(now: number | Placeholder) {
  return and(
    eq(users.credentialVersion, sessions.credentialVersion),
    eq(users.disabled, false),
    sql`${sessions.lastUsedAt} + ${sites.sessionExpiry} * 3600000 > ${now}`,
  )
}

const compiledSelect = remembered(
  (kind: KeyKind) =>
    new CompiledStatement((db) =>
      db
        .select(found)
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .innerJoin(sites, eq(sites.id, sessions.siteId))
        .where(isNamed[kind]),
    ),
)

const compiledDelete = remembered((kinds: `${KeyKind} ${HostScope['kind']}`) => {
  const [key, host] = kinds.split(' ') as [KeyKind, HostScope['kind']]
  const now = sql.placeholder('now')
  const ended = { id: sessions.id }
  return new CompiledStatement((db) => {
    const owner = db
      .select({ one: sql`1` })
      .from(users)
      .innerJoin(sites, eq(sites.id, users.siteId))
      .where(and(eq(users.id, sessions.userId), ownerAllows(now), isOfHost[host]))
    const lives = isUnexpired({ now, epoch: sql.placeholder('epoch') })
    return db
      .delete(sessions)
      .where(and(isNamed[key], lives, sql`EXISTS ${owner}`))
      .returning(ended)
  })
})

const hasId = eq(sessions.id, sql.placeholder('id'))
const isNamed: Record<KeyKind, SQL | undefined> = {
  digest: eq(sessions.digest, sql.placeholder('digest')),
  id: hasId,
  token: and(
    hasId,
    eq(sessions.userId, sql.placeholder('userId')),
    eq(sessions.siteId, sql.placeholder('siteId')),
  ),
}
const isOfHost: Record<HostScope['kind'], SQL | undefined> = {
  any: undefined,
  site: ofHost({ kind: 'site', subdomain: sql.placeholder('subdomain') }),
  domain: ofHost({ kind: 'domain', domain: sql.placeholder('domain') }),
}

function kindOf(key: SessionKey): KeyKind {
  if ('digest' in key) return 'digest'
  return 'userId' in key ? 'token' : 'id'
}

function remembered<Kind, Made>(make: (kind: Kind) => Made): (kind: Kind) => Made {
  const made = new Map<Kind, Made>()
  return (kind) => {
    const one = made.get(kind) ?? make(kind)
    made.set(kind, one)
    return one
  }
}
