import * as z from 'zod'
import {
  clearableLines,
  clearableNameText,
  clearableText,
  integer,
} from '../http/check-parameters.ts'
import { optional, type PlainSettings, schemasOf, viewOf } from '../http/plain-settings.ts'
import { invalidParameter, Problem } from '../http/problem.ts'
import type { Site } from './site.ts'

/** Hours of inactivity. At least six minutes, because a use is stored only every five. */
const SHORTEST_EXPIRY = 0.1
/** A month: every session has expired by then. */
const LONGEST_EXPIRY = 720

const flag = z.boolean()
const days = integer().min(0).max(3_650)

/** The settings that admins may change and that are stored as they are sent. docs/settings.md describes each. */
export const plainSettings = {
  session_expiry: {
    column: 'sessionExpiry',
    schema: z
      .number()
      .min(SHORTEST_EXPIRY)
      .max(LONGEST_EXPIRY)
      .describe('Hours of inactivity before a session expires'),
  },
  session_pinned_by_ip: { column: 'sessionPinnedByIp', schema: flag },
  ssl_required: { column: 'sslRequired', schema: flag },
  tls_disabled: { column: 'tlsDisabled', schema: flag },
  use_provided_modified_at: { column: 'useProvidedModifiedAt', schema: flag },
  windows_mode_ftp: { column: 'windowsModeFtp', schema: flag },
  opt_out_global: { column: 'optOutGlobal', schema: flag },
  user_lockout: { column: 'userLockout', schema: flag },
  user_lockout_tries: { column: 'userLockoutTries', schema: integer().min(1).max(100) },
  user_lockout_within: { column: 'userLockoutWithin', schema: integer().min(1).max(24) },
  user_lockout_lock_period: { column: 'userLockoutLockPeriod', schema: integer().min(1).max(168) },
  disable_password_reset: { column: 'disablePasswordReset', schema: flag },
  password_min_length: { column: 'passwordMinLength', schema: integer().min(8).max(128) },
  password_require_letter: { column: 'passwordRequireLetter', schema: flag },
  password_require_mixed: { column: 'passwordRequireMixed', schema: flag },
  password_require_number: { column: 'passwordRequireNumber', schema: flag },
  password_require_special: { column: 'passwordRequireSpecial', schema: flag },
  password_validity_days: { column: 'passwordValidityDays', schema: days },
  max_prior_passwords: { column: 'maxPriorPasswords', schema: integer().min(0).max(24) },
  welcome_email_enabled: { column: 'welcomeEmailEnabled', schema: flag },
  require_2fa: { column: 'require2fa', schema: flag },
  require_2fa_user_type: { column: 'require2faUserType', schema: z.enum(['all', 'site_admins']) },
  allowed_2fa_method_sms: { column: 'allowed2faMethodSms', schema: flag },
  allowed_2fa_method_totp: { column: 'allowed2faMethodTotp', schema: flag },
  allowed_2fa_method_u2f: {
    column: 'allowed2faMethodU2f',
    schema: flag.describe('Security keys by U2F and WebAuthn'),
  },
  allowed_2fa_method_yubi: { column: 'allowed2faMethodYubi', schema: flag },
  desktop_app: { column: 'desktopApp', schema: flag },
  desktop_app_session_ip_pinning: { column: 'desktopAppSessionIpPinning', schema: flag },
  desktop_app_session_lifetime: {
    column: 'desktopAppSessionLifetime',
    schema: integer().min(0).max(87_600).describe('Hours. 0: no limit'),
  },
  api_keys_manage_credentials: {
    column: 'apiKeysManageCredentials',
    schema: flag.describe(
      'Whether API keys can create, change and delete keys, users and settings',
    ),
  },
  disable_users_from_inactivity_period_days: {
    column: 'disableUsersFromInactivityPeriodDays',
    schema: days,
  },
} as const satisfies PlainSettings<Site>

/** The settings whose stored form differs. */
export const spelledSettings = {
  allowed_ips: clearableLines(8_192)
    .optional()
    .describe('IP addresses and networks, one per line. Empty: all allowed'),
  allowed_origins: clearableLines(8_192)
    .optional()
    .describe(
      'Origins that can call the API at the site’s own hosts (CORS), without cookies, such as https://app.example.com. One per line',
    ),
  language: clearableText(35).optional(),
  login_help_text: clearableNameText(1_024).optional(),
  require_2fa_stop_time: clearableText(64).optional().describe('ISO 8601. Empty: no end'),
}

/** The parameters of PATCH /site for settings. */
export const siteSettingParameters = { ...optional(schemasOf(plainSettings)), ...spelledSettings }

export const shownSettings = {
  ...schemasOf(plainSettings),
  allowed_ips: z.string(),
  allowed_origins: z.string(),
  language: z.string().nullable(),
  login_help_text: z.string().nullable(),
  require_2fa_stop_time: z.iso.datetime().nullable(),
}

const plainView = viewOf<Site, typeof plainSettings>(plainSettings)

/** Returns a site's settings as the API shows them. */
export function viewSettings(site: Site): z.infer<z.ZodObject<typeof shownSettings>> {
  const { require2faStopTime: stopTime } = site
  return {
    ...plainView(site),
    allowed_ips: site.allowedIps,
    allowed_origins: site.allowedOrigins,
    language: site.language,
    login_help_text: site.loginHelpText,
    require_2fa_stop_time: stopTime === null ? null : new Date(stopTime).toISOString(),
  }
}

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
