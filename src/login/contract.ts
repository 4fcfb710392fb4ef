import * as z from 'zod'
import { text } from '../platform/check-parameters.ts'

/** Passwords are taken whole; this is no truncation but a refusal above it. */
const PASSWORD_LIMIT = 1024

export const logInParameters = z.object({
  username: text(256).describe(
    'Username to sign in as, or its verified address on the site’s own host',
  ),
  password: text(PASSWORD_LIMIT).describe('Password for sign in'),
  otp: text(4096).optional().describe('If this user has a 2FA device, its OTP or code'),
  partial_session_id: text(4096).optional(),
  interface: text(32).optional(),
  locale: text(35).optional(),
})
