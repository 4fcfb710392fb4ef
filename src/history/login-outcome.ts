/** How a log in attempt ended, in the words of the real service's history; `none` is a success. */
export type LoginOutcome =
  | 'none'
  | 'username_not_found'
  | 'password_mismatch'
  | 'site_mismatch'
  | 'disabled'
