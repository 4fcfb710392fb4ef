import { type SQL, sql } from 'drizzle-orm'
import type { LoginOutcome } from '../audit/login-outcome.ts'
import { ofHost } from '../sites/of-host.ts'
import type { Account, User } from '../users/account.ts'
import { accountIsAsJudged, isSameAccount } from '../users/as-judged.ts'
import { users } from '../users/tables.ts'
import { type FoundAccount, siteAt } from './account-finder.ts'
import { isLocked } from './failure-counter.ts'
import type { NamedAttempt } from './login-ledger.ts'

/**
 * Whether the user of a row is in every respect the one that the verdict was reached on, and bears the name. Other
 * rows than theirs can change what a name means, so the conditions on those stay.
 */
function judgedRemains(account: Account, attempt: NamedAttempt): SQL {
  return sql`${accountIsAsJudged(account)} AND ${isStillMeant(account.user, attempt)}`
}

/** What a verdict was reached on. */
export type Judged = FoundAccount & { account: Account }

/**
 * The condition under which the primary confirms a login: the account is as it was judged, and is not locked out
 * where the proof could be guessed.
 */
export function loginIsConfirmed(
  attempt: NamedAttempt,
  { account, counter, shared }: Judged,
  { isGuess }: { isGuess: boolean },
): SQL {
  const remains = judgedRemains(account, attempt)
  return isGuess ? sql`${remains} AND NOT ${isLocked({ counter, shared }, attempt.at)}` : remains
}

/**
 * The same for a refusal. One that rests on how long the user stayed away also asks when they last logged in, which
 * raises no revision.
 */
export function refusalRemains(
  account: Account,
  { attempt, outcome }: { attempt: NamedAttempt; outcome: LoginOutcome },
): SQL {
  const remains = judgedRemains(account, attempt)
  if (!restsOnLastLogin(outcome)) return remains
  return sql`${remains} AND ${users.lastLoginAt} IS ${account.user.lastLoginAt}`
}

/** What the ledger demands of the primary's row, so that a refusal either was recorded or is reached anew. */
export function isSameForRefusal(
  outcome: LoginOutcome,
  a: Account | null,
  b: Account | null,
): boolean {
  if (!isSameAccount(a, b)) return false
  return !restsOnLastLogin(outcome) || a?.user.lastLoginAt === b?.user.lastLoginAt
}

/** Users who have stayed away for too long are refused as those who are disabled. */
function restsOnLastLogin(outcome: LoginOutcome): boolean {
  return outcome === 'disabled'
}

/** Whether the name still means this user, whose own row is unchanged, as `pickNamed` decides it. */
function isStillMeant({ usernameKey }: User, { nameKey, formerKey }: NamedAttempt): SQL {
  if (usernameKey === formerKey) return sql`1`
  const ofSite = sql`${users.siteId}`
  if (usernameKey === nameKey) return nobodyHasUsername([formerKey], ofSite)
  return sql`${users.verifiedEmailKey} = ${meantAddress({ nameKey, formerKey }, ofSite)}
    AND ${nobodyHasUsername([...new Set([formerKey, nameKey])], ofSite)}
    AND 1 = ${countWithAddress({ nameKey, formerKey }, ofSite)}`
}

/** Whether the name still means nobody, as `pickNamed` decides it. */
export function nobodyRemains({ nameKey, formerKey, usersOf }: NamedAttempt): SQL {
  const keys = { nameKey, formerKey }
  const names = [...new Set([formerKey, nameKey])]
  if (usersOf.kind === 'any') return nobodyHasUsername(names, null)
  const ofSite = usersOf.kind === 'site-id' ? sql`${usersOf.siteId}` : siteAt(ofHost(usersOf))
  return sql`${nobodyHasUsername(names, ofSite)} AND 1 <> ${countWithAddress(keys, ofSite)}`
}

type Keys = Pick<NamedAttempt, 'nameKey' | 'formerKey'>

/** @param siteId of the users who count; null for all */
function nobodyHasUsername(keys: string[], siteId: SQL | null): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM users AS named WHERE named.username_key IN ${keys}
    AND ${siteId === null ? sql`1` : sql`named.site_id = ${siteId}`})`
}

function countWithAddress(keys: Keys, siteId: SQL): SQL {
  return sql`(SELECT count(*) FROM users AS named
    WHERE named.verified_email_key = ${meantAddress(keys, siteId)} AND named.site_id = ${siteId})`
}

/** The key of an address that counts: the former one, where a user of the site has it. */
function meantAddress({ nameKey, formerKey }: Keys, siteId: SQL): SQL {
  if (nameKey === formerKey) return sql`${nameKey}`
  return sql`CASE WHEN EXISTS (SELECT 1 FROM users AS former
    WHERE former.verified_email_key = ${formerKey} AND former.site_id = ${siteId})
    THEN ${formerKey} ELSE ${nameKey} END`
}
