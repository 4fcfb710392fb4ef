import * as z from 'zod'
import { checkParameters } from '../http/check-parameters.ts'
import type { AdminMessages } from '../ui/admin/messages.ts'
import { editedFields, offeredOf, shownValues } from '../ui/admin/settings-form.tsx'
import type { FieldKind } from '../ui/fields.tsx'
import type { User } from './account.ts'
import { actingSettings, readUserSettings, type UserChanges } from './user-settings.ts'
import { settingsOf } from './user-view.ts'

export type UserSetting = keyof typeof actingSettings

/** A button changes `disabled`. */
type FormSetting = Exclude<UserSetting, 'disabled'>

/** How the form shows each setting, and in which group. */
export const offeredSettings = offeredOf({
  email: ['person', 'line'],
  language: ['person', 'choice'],
  time_zone: ['person', 'line'],
  authentication_method: ['logIn', 'choice'],
  sso_strategy_id: ['logIn', 'choice'],
  require_2fa: ['logIn', 'choice'],
  // The form asks whether an account is shared, which is the opposite of the API's `self_managed`.
  self_managed: ['logIn', 'inverse-flag'],
  require_password_change: ['logIn', 'flag'],
  password_validity_days: ['logIn', 'number'],
  allowed_ips: ['access', 'lines'],
  bypass_site_allowed_ips: ['access', 'flag'],
  authenticate_until: ['access', 'moment'],
  restapi_permission: ['access', 'flag'],
  ftp_permission: ['access', 'flag'],
  sftp_permission: ['access', 'flag'],
  dav_permission: ['access', 'flag'],
  site_admin: ['rights', 'flag'],
  readonly_site_admin: ['rights', 'flag'],
  read_only: ['rights', 'flag'],
  user_root: ['rights', 'line'],
  ssl_required: ['rights', 'choice'],
} satisfies Record<FormSetting, [keyof AdminMessages['user'], FieldKind]>)

export type FieldValues = Record<FormSetting, string>

/** Returns a user's settings as the fields show them, with times in the reader's zone. */
export function valuesOf(user: User, timeZone: string | null): FieldValues {
  const { authenticationMethod: authentication_method, ssoStrategyId } = user
  const shown = { authentication_method, sso_strategy_id: ssoStrategyId ?? 0 }
  return shownValues(offeredSettings, { ...settingsOf(user), ...shown }, timeZone)
}

/** Returns the changes that a form makes. @throws {Problem} request-params-invalid; model-save-error */
export function readUserForm(
  values: FieldValues,
  user: User,
  timeZone: string | null,
): UserChanges {
  const shown = valuesOf(user, timeZone)
  const texts = editedFields(offeredSettings, { values, shown }, timeZone)
  // No number of days means the same as the site.
  if (texts.password_validity_days === '') texts.password_validity_days = '-1'
  return readUserSettings(checkParameters(z.object(actingSettings), { values: {}, texts }), user)
}
