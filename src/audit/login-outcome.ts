/** The outcomes of a login attempt, in the words of the real service's history. `none` is a success. */
export const loginOutcomes = [
  'none',
  'username_not_found',
  'password_mismatch',
  'site_mismatch',
  'region_mismatch',
  'key_mismatch',
  'disabled',
  'expired_access',
  'ip_mismatch',
  'no_restapi_permission',
  'locked_out',
  'password_change_required',
  'password_change_not_required',
  'two_factor_required',
  'one_time_password_mismatch',
  'group_required',
  'groups_not_told',
] as const

export type LoginOutcome = (typeof loginOutcomes)[number]

/** Whether the password was right, and the login was refused for a reason that its owner may know. */
export function isNoGuess(outcome: LoginOutcome): boolean {
  return [
    'region_mismatch',
    'password_change_required',
    'password_change_not_required',
    'two_factor_required',
  ].includes(outcome)
}

/** Returns the outcome that a site's admins see. A name of another site looks like an unknown one. */
export function shownOutcome(outcome: LoginOutcome): LoginOutcome {
  return outcome === 'site_mismatch' ? 'username_not_found' : outcome
}

/** Returns the outcomes that are shown as this one. */
export function outcomesShownAs(shown: LoginOutcome): LoginOutcome[] {
  return loginOutcomes.filter((outcome) => shownOutcome(outcome) === shown)
}
