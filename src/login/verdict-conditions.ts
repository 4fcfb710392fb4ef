import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { LoginOutcome } from '../audit/login-outcome.ts'
import { ofHost } from '../sites/host-statements.ts'
import { type Account, accountIsAsJudged, isSameAccount, type User } from '../users/account.ts'
import { users } from '../users/tables.ts'
import { siteAt } from './account-finder.ts'
import { type FoundAccount, isLocked, type NamedAttempt, type UsersOf } from './failure-counter.ts'

// The conditions under which the primary confirms a verdict that was reached on what a replica knows: the account is
// as it was judged, and the name still means it. Each condition has a few forms.

/** An account that was judged. */
export type Judged = FoundAccount & { account: Account }

/** What the conditions compare. If nobody has the name, there is no account to compare. */
export function comparedOf(
  { nameKey, formerKey, usersOf, counters, at }: NamedAttempt,
  { account, counter, shared }: FoundAccount,
) {
  return {
    nameKey,
    formerKey,
    counter,
    shared,
    knownCaller: counters.knownCaller,
    at,
    judgedId: account?.user.id ?? 0,
    judgedRevision: account?.user.revision ?? 0,
    judgedSiteRevision: account?.site.revision ?? 0,
    lastLoginAt: account?.user.lastLoginAt ?? null,
    subdomain: usersOf.kind === 'site' ? usersOf.subdomain : '',
    domain: usersOf.kind === 'domain' ? usersOf.domain : '',
    usersOfSite: usersOf.kind === 'site-id' ? usersOf.siteId : 0,
  }
}

/** The values of one verdict, or the placeholders of a statement that is built once. */
type Compared = {
  [Name in keyof ReturnType<typeof comparedOf>]: ReturnType<typeof comparedOf>[Name] | Placeholder
}

const placeholders: Compared = {
  nameKey: sql.placeholder('nameKey'),
  formerKey: sql.placeholder('formerKey'),
  counter: sql.placeholder('counter'),
  shared: sql.placeholder('shared'),
  knownCaller: sql.placeholder('knownCaller'),
  at: sql.placeholder('at'),
  judgedId: sql.placeholder('judgedId'),
  judgedRevision: sql.placeholder('judgedRevision'),
  judgedSiteRevision: sql.placeholder('judgedSiteRevision'),
  lastLoginAt: sql.placeholder('lastLoginAt'),
  subdomain: sql.placeholder('subdomain'),
  domain: sql.placeholder('domain'),
  usersOfSite: sql.placeholder('usersOfSite'),
}

/**
 * How the name means the user, and which failures stand against the login: every failure if none were seen, because
 * then none are deleted; otherwise only a lockout; none if the proof cannot be guessed.
 */
export type LoginForm = `${Meaning} ${'none' | 'unlocked' | 'ignored'}`

/** The condition on a row of `users` under which the primary confirms a login. */
export function loginCondition(form: LoginForm, compared = placeholders): SQL {
  const [meaning, failures] = form.split(' ') as [Meaning, string]
  const { counter, knownCaller, shared, at } = compared
  const isAsJudged = sql`${isJudged(compared)} AND ${isStillMeant(meaning, compared)}`
  if (failures === 'ignored') return isAsJudged
  return failures === 'none'
    ? sql`${isAsJudged} AND NOT EXISTS (SELECT 1 FROM login_failures
        WHERE name_digest IN (${counter}, ${knownCaller})
          OR (name_digest = ${shared} AND locked_until > ${at}))`
    : sql`${isAsJudged} AND NOT ${isLocked({ counter, shared }, at)}`
}

/** What a refusal rests on: a lockout, an account, or that nobody has the name. */
export type RefusalForm =
  | 'lockout'
  | `known ${Meaning} ${'any-login' | 'last-login'}`
  | `unknown ${UsersOf['kind']} ${'one-key' | 'two-keys'}`

export function refusalForm(
  outcome: LoginOutcome,
  { nameKey, formerKey, usersOf }: NamedAttempt,
  account: Account | null,
): RefusalForm {
  if (outcome === 'locked_out') return 'lockout'
  if (account)
    return `known ${meaningOf(account.user, { nameKey, formerKey })} ${restsOnLastLogin(outcome) ? 'last-login' : 'any-login'}`
  return `unknown ${usersOf.kind} ${nameKey === formerKey ? 'one-key' : 'two-keys'}`
}

/** The condition under which the primary confirms a refusal, which is then recorded. */
export function refusalCondition(form: RefusalForm, compared = placeholders): SQL {
  if (form === 'lockout') return isLocked(compared, compared.at)
  const [who, how, what] = form.split(' ') as [string, string, string]
  if (who === 'unknown') return meansNobody(how as UsersOf['kind'], what === 'two-keys', compared)
  const lastLogin =
    what === 'last-login' ? sql`${users.lastLoginAt} IS ${compared.lastLoginAt}` : sql`1`
  return sql`EXISTS (SELECT 1 FROM ${users} WHERE ${isJudged(compared)}
    AND ${isStillMeant(how as Meaning, compared)} AND ${lastLogin})`
}

/** The same for two accounts that were read. If it is false, the verdict is reached again. */
export function isSameForRefusal(
  outcome: LoginOutcome,
  a: Account | null,
  b: Account | null,
): boolean {
  if (!isSameAccount(a, b)) return false
  return !restsOnLastLogin(outcome) || a?.user.lastLoginAt === b?.user.lastLoginAt
}

/** Users who are inactive are refused in the same way as disabled users. A login raises no revision. */
function restsOnLastLogin(outcome: LoginOutcome): boolean {
  return outcome === 'disabled'
}

function isJudged({ judgedId, judgedRevision, judgedSiteRevision }: Compared): SQL {
  return accountIsAsJudged({
    user: { id: judgedId, revision: judgedRevision },
    site: { revision: judgedSiteRevision },
  })
}

/** How a name means a user: by their username under its present or former key, or by their address. See nameKeys. */
type Meaning = 'username' | 'newly-spelled-username' | 'address' | 'newly-spelled-address'

export function meaningOf(
  { usernameKey }: User,
  { nameKey, formerKey }: Pick<NamedAttempt, 'nameKey' | 'formerKey'>,
): Meaning {
  if (usernameKey === formerKey) return 'username'
  if (usernameKey === nameKey) return 'newly-spelled-username'
  return nameKey === formerKey ? 'address' : 'newly-spelled-address'
}

/**
 * Whether the name still means this user, whose own row is unchanged. Rows of other users can change that. Decides as
 * `pickNamed` does.
 */
function isStillMeant(meaning: Meaning, { nameKey, formerKey }: Compared): SQL {
  const ofSite = sql`${users.siteId}`
  if (meaning === 'username') return sql`1`
  if (meaning === 'newly-spelled-username') return nobodyHasUsername([formerKey], ofSite)
  const keys = meaning === 'address' ? [nameKey] : [formerKey, nameKey]
  return sql`${users.verifiedEmailKey} = ${meantAddress(keys, ofSite)}
    AND ${nobodyHasUsername(keys, ofSite)}
    AND 1 = ${countWithAddress(keys, ofSite)}`
}

/** Whether the name still means nobody, as `pickNamed` decides it. */
function meansNobody(kind: UsersOf['kind'], hasTwoKeys: boolean, compared: Compared): SQL {
  const { nameKey, formerKey, subdomain, domain, usersOfSite } = compared
  const keys = hasTwoKeys ? [formerKey, nameKey] : [nameKey]
  if (kind === 'any') return nobodyHasUsername(keys, null)
  const ofSite =
    kind === 'site-id'
      ? sql`${usersOfSite}`
      : siteAt(ofHost(kind === 'site' ? { kind, subdomain } : { kind, domain }))
  return sql`${nobodyHasUsername(keys, ofSite)} AND 1 <> ${countWithAddress(keys, ofSite)}`
}

/** The keys of a name: one, or the former and the present one if they differ. */
type Keys = (string | Placeholder)[]

/** @param siteId of the users who count; null for all */
function nobodyHasUsername(keys: Keys, siteId: SQL | null): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM users AS named WHERE named.username_key IN ${keys}
    AND ${siteId === null ? sql`1` : sql`named.site_id = ${siteId}`})`
}

function countWithAddress(keys: Keys, siteId: SQL): SQL {
  return sql`(SELECT count(*) FROM users AS named
    WHERE named.verified_email_key = ${meantAddress(keys, siteId)} AND named.site_id = ${siteId})`
}

/** The key of an address that counts: the former one if a user of the site has it. */
function meantAddress([formerKey, nameKey]: Keys, siteId: SQL): SQL {
  if (nameKey === undefined) return sql`${formerKey}`
  return sql`CASE WHEN EXISTS (SELECT 1 FROM users AS former
    WHERE former.verified_email_key = ${formerKey} AND former.site_id = ${siteId})
    THEN ${formerKey} ELSE ${nameKey} END`
}
