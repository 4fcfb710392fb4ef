import type { LoginOutcome } from '../history/login-outcome.ts'
import { mustChangePassword } from '../passwords/password-age.ts'
import { Problem } from '../platform/problem.ts'
import type { ProblemType } from '../platform/problem-types.ts'
import type { Region } from '../regions/region.ts'
import { isServedAt, regionMismatch } from '../sites/region-rule.ts'
import { type HostScope, inScope } from '../sites/site.ts'
import { accepts } from '../users/accepted-proofs.ts'
import type { Account } from '../users/account.ts'
import { type Comer, hasStayedAway, whyKeptOut } from '../users/entry-rules.ts'
import { judgedColumns, judgedSiteColumns } from './judged-remains.ts'

export interface Claim {
  scope: HostScope
  comer: Comer
  /** Where the account lives. */
  home: Region
  /** Milliseconds since the Unix epoch. */
  at: number
  passwordIsRight: boolean
  /** A new password came with the attempt. */
  bringsPassword: boolean
}

/** The verdict on what one store showed. The password has been verified before, whatever comes out. */
export function judgeAccount(account: Account | null, claim: Claim): LoginOutcome {
  if (!account) return 'username_not_found'
  if (!inScope(claim.scope, account.site)) return 'site_mismatch'
  if (!claim.passwordIsRight || !accepts(account.user, 'password')) return 'password_mismatch'
  const keptOut = whyKeptOut(account, claim.comer, claim.at)
  if (keptOut) return keptOut
  if (hasStayedAway(account, claim.at)) return 'disabled'
  if (!isServedAt(claim.scope, { site: account.site, home: claim.home })) return 'region_mismatch'
  const mustChange = mustChangePassword(account, claim.at)
  if (mustChange === claim.bringsPassword) return 'none'
  return mustChange ? 'password_change_required' : 'password_change_not_required'
}

/** What the ledger demands of the primary's row, so that a verdict either was recorded or is reached anew. */
export function isSameForLogin(a: Account | null, b: Account | null, scope: HostScope): boolean {
  if (!a || !b) return a === b
  return (
    a.user.id === b.user.id &&
    judgedColumns.every((name) => a.user[name] === b.user[name]) &&
    judgedSiteColumns.every((name) => a.site[name] === b.site[name]) &&
    inScope(scope, a.site) === inScope(scope, b.site)
  )
}

/** What the caller is told: the same for every cause that says something about a user. */
export function refusalOf(outcome: LoginOutcome, home: Region, globalOrigin: URL): Problem {
  if (outcome === 'region_mismatch') return regionMismatch(home, globalOrigin)
  const told: Partial<Record<LoginOutcome, ProblemType>> = {
    one_time_password_mismatch: 'not-authenticated/one-time-password-incorrect',
    password_change_required: 'not-authorized/password-change-required',
    password_change_not_required: 'not-authorized/password-change-not-required',
  }
  const type = told[outcome] ?? 'not-authenticated/invalid-username-or-password'
  return new Problem(type, { reason: outcome })
}
