import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { apiObject } from '../http/route.ts'
import { readPhoneNumber } from '../notifications/phone-number.ts'
import type { Account } from '../users/account.ts'
import { secretOwner } from './check-code.ts'
import { hasSetupExpired } from './manage-factors.ts'
import { isSecurityKey, SETUP_LIFETIME_MS, type SecondFactorRow } from './second-factor.ts'
import { registeringParty, registrationRequest, relyingPartiesOf } from './security-key.ts'
import { provisioningUri } from './totp.ts'

export const methodType = z.enum(['sms', 'totp', 'u2f', 'webauthn', 'yubi'])

/** The two-factor method object of the Files.com API. */
export const factorObject = apiObject('TwoFactorMethod', {
  id: z.int(),
  method_type: methodType,
  name: z.string(),
  phone_number: z.string().nullable(),
  phone_number_country: z.string().nullable(),
  phone_number_national_format: z.string().nullable(),
  setup_expired: z.boolean(),
  setup_complete: z.boolean(),
  setup_expires_at: z.iso.datetime().nullable().describe('Null once the method is complete'),
  totp_provisioning_uri: z
    .string()
    .nullable()
    .describe('For an authenticator app; null once the method is complete'),
  u2f_app_id: z.string().nullable().describe('For security keys, until the method is complete'),
  u2f_registration_requests: z.array(z.record(z.string(), z.unknown())).nullable(),
  webauthn_registration_options: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('The options for navigator.credentials.create'),
  recovery_codes: z
    .array(z.string())
    .optional()
    .describe('Shown once, when the first method is completed'),
})

const NO_REGISTRATION = {
  u2f_app_id: null,
  u2f_registration_requests: null,
  webauthn_registration_options: null,
}

/** Returns a method as its user sees it. @param now milliseconds since the Unix epoch */
export async function viewFactor(
  { storedSecrets, clock, globalOrigin }: Ctx,
  account: Account,
  { factor, others }: { factor: SecondFactorRow; others: SecondFactorRow[] },
): Promise<z.infer<typeof factorObject>> {
  const isComplete = factor.completedAt !== null
  const phone = factor.phoneNumber === null ? null : await readPhoneNumber(factor.phoneNumber)
  const hasExpired = hasSetupExpired(factor, clock())
  const party = registeringParty(relyingPartiesOf(account, globalOrigin), factor)
  const registration =
    isComplete || hasExpired || !isSecurityKey(factor) || !party
      ? NO_REGISTRATION
      : await registrationRequest(party, account, { factor, others })
  return {
    ...registration,
    id: factor.id,
    method_type: factor.method,
    name: factor.name,
    phone_number: factor.phoneNumber,
    phone_number_country: phone?.country ?? null,
    phone_number_national_format: phone?.national ?? null,
    setup_expired: hasExpired,
    setup_complete: isComplete,
    setup_expires_at: isComplete
      ? null
      : new Date(factor.createdAt + SETUP_LIFETIME_MS).toISOString(),
    totp_provisioning_uri:
      isComplete || hasExpired || factor.secret === null
        ? null
        : provisioningUri(await storedSecrets.unseal(factor.secret, secretOwner(factor)), {
            issuer: account.site.name,
            account: account.user.username,
          }),
  }
}
