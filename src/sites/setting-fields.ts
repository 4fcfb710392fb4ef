import * as z from 'zod'
import { checkParameters } from '../http/check-parameters.ts'
import type { AdminMessages } from '../ui/admin/messages.ts'
import { editedFields, offeredOf, shownValues } from '../ui/admin/settings-form.tsx'
import type { FieldKind } from '../ui/fields.tsx'
import type { Site } from './site.ts'
import { siteSettingParameters, viewSettings } from './site-settings.ts'

export type Rule = keyof typeof siteSettingParameters

/** How the form shows each setting, and in which group. */
export const offeredRules = offeredOf({
  session_expiry: ['sessions', 'number'],
  session_pinned_by_ip: ['sessions', 'flag'],
  allowed_ips: ['sessions', 'lines'],
  opt_out_global: ['sessions', 'flag'],
  disable_users_from_inactivity_period_days: ['sessions', 'number'],
  password_min_length: ['passwords', 'number'],
  password_require_letter: ['passwords', 'flag'],
  password_require_mixed: ['passwords', 'flag'],
  password_require_number: ['passwords', 'flag'],
  password_require_special: ['passwords', 'flag'],
  password_validity_days: ['passwords', 'number'],
  max_prior_passwords: ['passwords', 'number'],
  disable_password_reset: ['passwords', 'flag'],
  user_lockout: ['lockout', 'flag'],
  user_lockout_tries: ['lockout', 'number'],
  user_lockout_within: ['lockout', 'number'],
  user_lockout_lock_period: ['lockout', 'number'],
  require_2fa: ['factors', 'flag'],
  require_2fa_user_type: ['factors', 'choice'],
  require_2fa_stop_time: ['factors', 'moment'],
  allowed_2fa_method_totp: ['factors', 'flag'],
  allowed_2fa_method_u2f: ['factors', 'flag'],
  allowed_2fa_method_yubi: ['factors', 'flag'],
  allowed_2fa_method_sms: ['factors', 'flag'],
  api_keys_manage_credentials: ['keys', 'flag'],
  allowed_origins: ['keys', 'lines'],
  desktop_app: ['apps', 'flag'],
  desktop_app_session_ip_pinning: ['apps', 'flag'],
  desktop_app_session_lifetime: ['apps', 'number'],
  language: ['people', 'choice'],
  login_help_text: ['people', 'lines'],
  welcome_email_enabled: ['people', 'flag'],
  ssl_required: ['protocols', 'flag'],
  tls_disabled: ['protocols', 'flag'],
  use_provided_modified_at: ['protocols', 'flag'],
  windows_mode_ftp: ['protocols', 'flag'],
} satisfies Record<Rule, [keyof AdminMessages['siteSettings']['groups'], FieldKind]>)

export type RuleValues = Record<Rule, string>

/** The settings of a site as form values, with times in the reader's time zone. */
export function ruleValuesOf(site: Site, timeZone: string | null): RuleValues {
  return shownValues(offeredRules, viewSettings(site), timeZone)
}

/** Returns the settings that a form changes. @throws {Problem} request-params-invalid */
export function readRuleForm(values: RuleValues, site: Site, timeZone: string | null) {
  const shown = ruleValuesOf(site, timeZone)
  const texts = editedFields(offeredRules, { values, shown }, timeZone)
  return checkParameters(z.object(siteSettingParameters), { values: {}, texts })
}
