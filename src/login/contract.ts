import * as z from 'zod'
import { text } from '../http/check-parameters.ts'
import { newPasswordParameter } from '../passwords/new-password-parameter.ts'

import { LONGEST_PARTIAL_SESSION } from '../two-factor/partial-session.ts'

/** Passwords are never truncated: longer ones are refused. */
const PASSWORD_LIMIT = 1024

export const logInParameters = z.object({
  username: text(1024)
    .optional()
    .describe(
      'Username, or on the site’s own host also a verified email address or a login token. Required, unless an identity provider identifies the user',
    ),
  password: text(PASSWORD_LIMIT)
    .optional()
    .describe('Password. Required, unless the username is a login token'),
  change_password: newPasswordParameter
    .optional()
    .describe('A new password, after password-change-required'),
  change_password_confirmation: newPasswordParameter
    .optional()
    .describe('The same new password again'),
  otp: text(4096)
    .optional()
    .describe('A one-time code or security key response, if the user has 2FA'),
  partial_session_id: text(LONGEST_PARTIAL_SESSION).optional(),
  oauth_provider: text(64)
    .optional()
    .describe('The identity provider that the person logged in at: see POST /sessions/oauth'),
  oauth_code: text(4096).optional().describe('As the provider returned it'),
  oauth_state: text(4096).optional().describe('As the provider returned it'),
  oauth_iss: text(2048).optional().describe('`iss`, if the provider returned it'),
  interface: text(32).optional(),
  locale: text(35).optional(),
})
