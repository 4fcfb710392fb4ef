/** How an attempt to log in can end, in the words of the real service's history; `none` is a success. */
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

/** Whether the password was right, and a session was refused for what may be told to its owner. */
export function isNoGuess(outcome: LoginOutcome): boolean {
  return [
    'region_mismatch',
    'password_change_required',
    'password_change_not_required',
    'two_factor_required',
  ].includes(outcome)
}

/** That a name is somebody's at another site is told to nobody there: it looks like one that nobody has. */
export function shownOutcome(outcome: LoginOutcome): LoginOutcome {
  return outcome === 'site_mismatch' ? 'username_not_found' : outcome
}

/** The outcomes that are shown as this one. */
export function outcomesShownAs(shown: LoginOutcome): LoginOutcome[] {
  return loginOutcomes.filter((outcome) => shownOutcome(outcome) === shown)
}
