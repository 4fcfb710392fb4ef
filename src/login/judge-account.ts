import type { LoginOutcome } from '../audit/login-outcome.ts'
import { Problem } from '../http/problem.ts'
import type { ProblemType } from '../http/problem-types.ts'
import { mustChangePassword } from '../passwords/password-age.ts'
import { isServedAt, regionMismatch } from '../sites/region-rule.ts'
import { type HostScope, inScope } from '../sites/site.ts'
import type { Region } from '../storage/region.ts'
import { allowedMethods } from '../two-factor/second-factor.ts'
import { accepts, type ProofKind } from '../users/accepted-proofs.ts'
import type { Account } from '../users/account.ts'
import { type Comer, hasStayedAway, whyKeptOut } from '../users/entry-rules.ts'

export interface Claim {
  scope: HostScope
  comer: Comer
  /** Where the account lives. */
  home: Region
  /** Milliseconds since the Unix epoch. */
  at: number
  /** By what the caller proves who they are, and whether that was right: verified before, whatever comes out. */
  proof: ProofKind
  isRight: boolean
  /** A new password came with the attempt. */
  bringsPassword?: boolean
}

/** What the history says of a proof that is wrong, or that the account does not accept. */
const mismatches: Record<ProofKind, LoginOutcome> = {
  password: 'password_mismatch',
  passkey: 'key_mismatch',
  'second-factor': 'one_time_password_mismatch',
  'identity-provider': 'key_mismatch',
  session: 'key_mismatch',
}

/** The verdict on what one store showed: the policy of every way to log in, and of reauthentication. */
export function judgeAccount(account: Account | null, claim: Claim): LoginOutcome {
  if (!account) return 'username_not_found'
  const { proof, bringsPassword = false } = claim
  if (!inScope(claim.scope, account.site)) return 'site_mismatch'
  if (!claim.isRight || !accepts(account.user, proof) || isOff(proof, account))
    return mismatches[proof]
  const keptOut = whyKeptOut(account, claim.comer, claim.at)
  if (keptOut) return keptOut
  if (hasStayedAway(account, claim.at)) return 'disabled'
  if (!isServedAt(claim.scope, { site: account.site, home: claim.home })) return 'region_mismatch'
  if (proof !== 'password') return 'none'
  const mustChange = mustChangePassword(account, claim.at)
  if (mustChange === bringsPassword) return 'none'
  return mustChange ? 'password_change_required' : 'password_change_not_required'
}

/** Passkeys are security keys: a site that takes none takes no passkey either. */
function isOff(proof: ProofKind, account: Account): boolean {
  return proof === 'passkey' && !allowedMethods(account).includes('webauthn')
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
