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
      'Username to sign in as, its verified address on the site’s own host, or a login token there. Required, unless a provider names the user',
    ),
  password: text(PASSWORD_LIMIT)
    .optional()
    .describe('Password for sign in. Required, unless the username is a login token'),
  change_password: newPasswordParameter
    .optional()
    .describe('A new password, in answer to password-change-required'),
  change_password_confirmation: newPasswordParameter
    .optional()
    .describe('The same new password again'),
  otp: text(4096).optional().describe('If this user has a 2FA device, its OTP or code'),
  partial_session_id: text(LONGEST_PARTIAL_SESSION).optional(),
  oauth_provider: text(64)
    .optional()
    .describe('The provider that the person logged in at: see POST /sessions/oauth'),
  oauth_code: text(4096).optional().describe('As the provider sent it back'),
  oauth_state: text(4096).optional().describe('As the provider sent it back'),
  oauth_iss: text(2048).optional().describe('`iss`, where the provider sent it back'),
  interface: text(32).optional(),
  locale: text(35).optional(),
})
