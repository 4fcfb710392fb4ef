import * as z from 'zod'
import { text } from '../../http/check-parameters.ts'
import { missingParameter, Problem } from '../../http/problem.ts'
import { newPasswordParameter } from '../new-password.ts'

/** The client's kind. No link that is sent depends on it. */
const interfaces = ['web', 'desktop', 'mobile']

const caller = {
  interface: text(32)
    .optional()
    .describe(`One of ${interfaces.join(', ')}`),
  locale: text(35).optional().describe('The language of texts: en, es, de or fr'),
}

export const forgotParameters = z.object({
  email: text(254).optional(),
  username: text(256).optional(),
  username_or_email: text(256).optional(),
  ...caller,
})

const code = text(256).describe('The code from the mailed link')

export const validateParameters = z.object({ code })

export const resetParameters = z.object({
  code,
  password: newPasswordParameter,
  confirm_password: newPasswordParameter.optional().describe('The same password again'),
  otp: text(4096).optional(),
  ...caller,
})

/** @throws {Problem} invalid-interface */
export function checkInterface(name: string | undefined): void {
  if (name !== undefined && !interfaces.includes(name))
    throw new Problem('bad-request/invalid-interface')
}

/** The name or address in a reset request. @throws {Problem} request-params-required */
export function nameIn(sent: Omit<z.infer<typeof forgotParameters>, 'interface' | 'locale'>) {
  if (sent.username !== undefined) return { by: 'username', name: sent.username } as const
  if (sent.email !== undefined) return { by: 'email', name: sent.email } as const
  if (sent.username_or_email !== undefined)
    return { by: 'either', name: sent.username_or_email } as const
  throw missingParameter('username_or_email')
}
