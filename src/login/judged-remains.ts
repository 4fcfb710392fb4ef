import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { LoginOutcome } from '../audit/login-outcome.ts'
import { ofHost } from '../sites/of-host.ts'
import type { Account, User } from '../users/account.ts'
import { accountIsAsJudged, isSameAccount, type Revised } from '../users/as-judged.ts'
import { users } from '../users/tables.ts'
import { siteAt } from './account-finder.ts'
import { isLocked } from './failure-counter.ts'
import type { FoundAccount, NamedAttempt, UsersOf } from './named-attempt.ts'

/** An account that was judged. */
export type Judged = FoundAccount & { account: Account }

/**
 * The condition under which the primary confirms a login: the account and the meaning of the name are as they were
 * judged, and a guessable proof has no failures against it. `failures` says which count: every failure if none were
 * seen, because then none are deleted; otherwise only a lock.
 */
export function loginIsConfirmed(
  { account, named, counters, at }: Confirmed,
  { meaning, failures }: ConfirmedBy,
): SQL {
  const remains = sql`${accountIsAsJudged(account)} AND ${isStillMeant(meaning, named)}`
  const { counter, knownCaller, shared } = counters
  if (failures === 'ignored') return remains
  return failures === 'none'
    ? sql`${remains} AND NOT EXISTS (SELECT 1 FROM login_failures
        WHERE name_digest IN (${counter}, ${knownCaller})
          OR (name_digest = ${shared} AND locked_until > ${at}))`
    : sql`${remains} AND NOT ${isLocked({ counter, shared }, at)}`
}

/** The values of that condition, or the placeholders of a statement that is built once. */
export interface Confirmed {
  account: Revised
  named: Keys
  /** The counter that failures count in, the known caller's, and the one that the first shares with other names. */
  counters: { counter: Key; knownCaller: Key; shared: Key | null }
  at: number | Placeholder
}

export function confirmed(attempt: NamedAttempt, { account, counter, shared }: Judged): Confirmed {
  const { knownCaller } = attempt.counters
  return { account, named: attempt, counters: { counter, knownCaller, shared }, at: attempt.at }
}

/** The form of that condition: how the name means the user, and which failures count against a login. */
export interface ConfirmedBy {
  meaning: Meaning
  failures: 'none' | 'unlocked' | 'ignored'
}

/**
 * Whether the user of a row is as they were judged and still has the name. Rows of other users can change what a name
 * means, so their conditions stay.
 */
function judgedRemains(account: Account, attempt: NamedAttempt): SQL {
  return sql`${accountIsAsJudged(account)}
    AND ${isStillMeant(meaningOf(account.user, attempt), attempt)}`
}

/** The same for a refusal. A refusal for inactivity also compares the last login, which raises no revision. */
function refusalRemains(
  account: Account,
  { attempt, outcome }: { attempt: NamedAttempt; outcome: LoginOutcome },
): SQL {
  const remains = judgedRemains(account, attempt)
  if (!restsOnLastLogin(outcome)) return remains
  return sql`${remains} AND ${users.lastLoginAt} IS ${account.user.lastLoginAt}`
}

/** What a refusal depends on. There are few forms, so a statement for each is built once. */
export type RefusalForm =
  | 'lockout'
  | `known ${Meaning} ${'any-login' | 'last-login'}`
  | `unknown ${UsersOf['kind']} ${'one-key' | 'two-keys'}`

export function refusalForm(
  account: Account | null,
  { attempt, outcome }: { attempt: NamedAttempt; outcome: LoginOutcome },
): RefusalForm {
  if (outcome === 'locked_out') return 'lockout'
  if (account)
    return `known ${meaningOf(account.user, attempt)} ${restsOnLastLogin(outcome) ? 'last-login' : 'any-login'}`
  const { nameKey, formerKey, usersOf } = attempt
  return `unknown ${usersOf.kind} ${nameKey === formerKey ? 'one-key' : 'two-keys'}`
}

const named = { nameKey: sql.placeholder('nameKey'), formerKey: sql.placeholder('formerKey') }

/** The condition of a form, with placeholders for what `valuesOfRefusal` gives. */
export function refusalCondition(form: RefusalForm): SQL {
  if (form === 'lockout')
    return isLocked(
      { counter: sql.placeholder('counter'), shared: sql.placeholder('shared') },
      sql.placeholder('at'),
    )
  const [who, how, what] = form.split(' ')
  if (who === 'unknown') {
    const keys = what === 'one-key' ? [named.nameKey] : [named.formerKey, named.nameKey]
    return nobodyRemains(keys, scopes[how as UsersOf['kind']])
  }
  const account = {
    user: { id: sql.placeholder('judgedId'), revision: sql.placeholder('judgedRevision') },
    site: { revision: sql.placeholder('judgedSiteRevision') },
  }
  const lastLogin =
    what === 'last-login' ? sql`${users.lastLoginAt} IS ${sql.placeholder('lastLoginAt')}` : sql`1`
  return sql`EXISTS (SELECT 1 FROM ${users} WHERE ${accountIsAsJudged(account)}
    AND ${isStillMeant(how as Meaning, named)} AND ${lastLogin})`
}

export function valuesOfRefusal(
  account: Account | null,
  { nameKey, formerKey, usersOf }: NamedAttempt,
) {
  return {
    nameKey,
    formerKey,
    judgedId: account?.user.id,
    judgedRevision: account?.user.revision,
    judgedSiteRevision: account?.site.revision,
    lastLoginAt: account?.user.lastLoginAt,
    subdomain: usersOf.kind === 'site' ? usersOf.subdomain : undefined,
    domain: usersOf.kind === 'domain' ? usersOf.domain : undefined,
    usersOfSite: usersOf.kind === 'site-id' ? usersOf.siteId : undefined,
  }
}

/** The site whose users a name can mean, for a statement that is built once. */
const scopes = {
  any: { kind: 'any' },
  site: { kind: 'site', subdomain: sql.placeholder('subdomain') },
  domain: { kind: 'domain', domain: sql.placeholder('domain') },
  'site-id': { kind: 'site-id', siteId: sql.placeholder('usersOfSite') },
} as const

type ScopeOfStatement = (typeof scopes)[keyof typeof scopes]

/** The same condition with its values. */
export function refusalRests(
  account: Account | null,
  { attempt, outcome }: { attempt: NamedAttempt; outcome: LoginOutcome },
): SQL {
  if (account)
    return sql`EXISTS (SELECT 1 FROM ${users} WHERE ${refusalRemains(account, { attempt, outcome })})`
  const { nameKey, formerKey, usersOf } = attempt
  return nobodyRemains(nameKey === formerKey ? [nameKey] : [formerKey, nameKey], usersOf)
}

/** What the primary's row must match so that a refusal is recorded. Otherwise the verdict is reached again. */
export function isSameForRefusal(
  outcome: LoginOutcome,
  a: Account | null,
  b: Account | null,
): boolean {
  if (!isSameAccount(a, b)) return false
  return !restsOnLastLogin(outcome) || a?.user.lastLoginAt === b?.user.lastLoginAt
}

/** Users who are inactive are refused in the same way as disabled users. */
function restsOnLastLogin(outcome: LoginOutcome): boolean {
  return outcome === 'disabled'
}

/** How a name means a user: by their username under its present or former key, or by their address. See nameKeys. */
type Meaning = 'username' | 'newly-spelled-username' | 'address' | 'newly-spelled-address'

export function meaningOf({ usernameKey }: User, { nameKey, formerKey }: NamedAttempt): Meaning {
  if (usernameKey === formerKey) return 'username'
  if (usernameKey === nameKey) return 'newly-spelled-username'
  return nameKey === formerKey ? 'address' : 'newly-spelled-address'
}

/** Whether the name still means this user, whose own row is unchanged. Decides as `pickNamed` does. */
function isStillMeant(meaning: Meaning, { nameKey, formerKey }: Keys): SQL {
  const ofSite = sql`${users.siteId}`
  if (meaning === 'username') return sql`1`
  if (meaning === 'newly-spelled-username') return nobodyHasUsername([formerKey], ofSite)
  const keys = meaning === 'address' ? [nameKey] : [formerKey, nameKey]
  return sql`${users.verifiedEmailKey} = ${meantAddress(keys, ofSite)}
    AND ${nobodyHasUsername(keys, ofSite)}
    AND 1 = ${countWithAddress(keys, ofSite)}`
}

/** Whether the name still means nobody, as `pickNamed` decides it. @param keys see Keys */
function nobodyRemains(keys: Key[], usersOf: UsersOf | ScopeOfStatement): SQL {
  if (usersOf.kind === 'any') return nobodyHasUsername(keys, null)
  const ofSite = usersOf.kind === 'site-id' ? sql`${usersOf.siteId}` : siteAt(ofHost(usersOf))
  return sql`${nobodyHasUsername(keys, ofSite)} AND 1 <> ${countWithAddress(keys, ofSite)}`
}

/** The keys of a name: one, or the former and the present one if they differ. */
type Key = string | Placeholder
type Keys = Record<'nameKey' | 'formerKey', Key>

/** @param siteId of the users who count; null for all */
function nobodyHasUsername(keys: Key[], siteId: SQL | null): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM users AS named WHERE named.username_key IN ${keys}
    AND ${siteId === null ? sql`1` : sql`named.site_id = ${siteId}`})`
}

function countWithAddress(keys: Key[], siteId: SQL): SQL {
  return sql`(SELECT count(*) FROM users AS named
    WHERE named.verified_email_key = ${meantAddress(keys, siteId)} AND named.site_id = ${siteId})`
}

/** The key of an address that counts: the former one if a user of the site has it. */
function meantAddress([formerKey, nameKey]: Key[], siteId: SQL): SQL {
  if (nameKey === undefined) return sql`${formerKey}`
  return sql`CASE WHEN EXISTS (SELECT 1 FROM users AS former
    WHERE former.verified_email_key = ${formerKey} AND former.site_id = ${siteId})
    THEN ${formerKey} ELSE ${nameKey} END`
}
