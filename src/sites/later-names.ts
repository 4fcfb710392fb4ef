import * as z from 'zod'
import { integer } from '../http/check-parameters.ts'
import { invalidParameter, Problem } from '../http/problem.ts'
import type { Site } from './site.ts'

/** Names of settings that the Files.com API knows today beside those of 2020: each setting has both. */
export const laterNames = {
  session_expiry_minutes: integer()
    .min(6)
    .max(43_200)
    .describe('The same as session_expiry, in minutes'),
  allowed_2fa_method_webauthn: z.boolean().describe('The same as allowed_2fa_method_u2f'),
  password_require_unbreached: z
    .boolean()
    .describe('Whether breached passwords are refused. Only the operator can change it'),
}

type Later = { [Name in keyof typeof laterNames]?: z.infer<(typeof laterNames)[Name]> | undefined }

interface First {
  session_expiry?: number | undefined
  allowed_2fa_method_u2f?: boolean | undefined
}

/** @param checksBreaches whether the operator has configured a breach check */
export function viewLaterNames(site: Site, checksBreaches: boolean): Required<Later> {
  return {
    session_expiry_minutes: Math.round(site.sessionExpiry * 60),
    allowed_2fa_method_webauthn: site.allowed2faMethodU2f,
    password_require_unbreached: checksBreaches,
  }
}

/**
 * What was sent, under the first name of each setting.
 * @throws {Problem} request-params-invalid where both names of a setting disagree; insufficient-permission-for-params
 */
export function underFirstNames<Sent extends Later & First & Record<string, unknown>>({
  session_expiry_minutes: minutes,
  allowed_2fa_method_webauthn: webauthn,
  password_require_unbreached: unbreached,
  ...sent
}: Sent): First & Record<string, unknown> {
  if (unbreached !== undefined)
    throw new Problem('not-authorized/insufficient-permission-for-params', {
      values: { name: 'password_require_unbreached' },
    })
  const later: First = {
    ...(minutes !== undefined && { session_expiry: minutes / 60 }),
    ...(webauthn !== undefined && { allowed_2fa_method_u2f: webauthn }),
  }
  const first: First = sent
  for (const name of ['session_expiry', 'allowed_2fa_method_u2f'] as const)
    if (later[name] !== undefined && first[name] !== undefined && later[name] !== first[name])
      throw invalidParameter(name, 'two names of one setting disagree')
  return { ...sent, ...later }
}
