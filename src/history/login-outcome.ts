/** How an attempt to log in can end, in the words of the real service's history; `none` is a success. */
export const loginOutcomes = [
  'none',
  'username_not_found',
  'password_mismatch',
  'site_mismatch',
  'key_mismatch',
  'disabled',
  'locked_out',
] as const

export type LoginOutcome = (typeof loginOutcomes)[number]
