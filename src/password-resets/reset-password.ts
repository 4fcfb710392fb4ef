import { type ChangePasswordNeeds, changePassword } from '../login/change-password.ts'
import {
  checkConfirmation,
  hashNewPassword,
  type NewPasswordNeeds,
} from '../passwords/new-password.ts'
import { mustChangePassword } from '../passwords/password-age.ts'
import { Problem } from '../platform/problem.ts'
import type { RequestFacts } from '../platform/request-facts.ts'
import type { Region, Regions } from '../regions/region.ts'
import { type HostScope, inScope } from '../sites/site.ts'
import type { Account } from '../users/account.ts'
import { regionOfResetCode, resetCodeDigest } from './reset-code.ts'
import type { ResetCodeStore } from './reset-code-store.ts'
import type { ResetLedger } from './reset-ledger.ts'

export interface ResetNeeds extends NewPasswordNeeds, ChangePasswordNeeds {
  scope: HostScope
  regions: Regions
  resetsIn: (region: Region) => ResetLedger
  resetCodesIn: (region: Region) => ResetCodeStore
}

export interface ResetInput {
  code: string
  password: string
  confirmPassword: string | undefined
  language: string
  request: RequestFacts
}

/**
 * Whose code it is, if it is good now. Consumes nothing.
 * @throws {Problem} invalid-or-expired-code: unknown, used, expired, or of another site than the host's
 */
export async function checkResetCode(
  needs: ResetNeeds,
  code: string,
): Promise<{ region: Region; account: Account; keysThatStay: string[] }> {
  const region = regionOfResetCode(code, needs.regions)
  if (!region) throw refused('no code of ours')
  const found = await needs.resetCodesIn(region).find(await resetCodeDigest(code))
  if (!found) throw refused('no such code')
  if (found.expiresAt <= needs.clock()) throw refused('expired')
  const known = await needs.resetsIn(region).userOf(found.userId)
  if (!known) throw refused('its user may not reset a password')
  const { keysThatStay, ...account } = known
  if (account.user.credentialVersion !== found.credentialVersion)
    throw refused('used, or the credentials changed since')
  if (!inScope(needs.scope, account.site)) throw refused('of another site')
  return { region, account, keysThatStay }
}

/**
 * Sets a new password by a code, once. What is wrong with the password is told before anything is
 * consumed.
 * @throws {Problem} invalid-or-expired-code; model-save-error
 */
export async function resetPassword(needs: ResetNeeds, input: ResetInput): Promise<void> {
  const { region, account, keysThatStay } = await checkResetCode(needs, input.code)
  checkConfirmation({
    password: input.password,
    confirmation: input.confirmPassword,
    field: 'confirm_password',
  })
  const { user, site } = account
  const passwordHash = await hashNewPassword(needs, {
    password: input.password,
    field: 'password',
    owner: { ...user, site },
    of: { region, user, mustDiffer: mustChangePassword(account, needs.clock()) },
  })
  const done = await changePassword(needs, {
    ...{ region, account, passwordHash, keysThatStay },
    ...{ event: 'password_reset', actor: 'code' },
    ...{ language: input.language, request: input.request },
  })
  if (!done) throw refused('used at the same time')
}

function refused(reason: string): Problem {
  return new Problem('not-authenticated/invalid-or-expired-code', { reason })
}
