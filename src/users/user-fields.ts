import * as z from 'zod'
import { checkParameters } from '../http/check-parameters.ts'
import { localTime, momentOf } from '../http/local-time.ts'
import type { FieldKind } from '../ui/setting-field.tsx'
import type { User } from './account.ts'
import { actingSettings, readUserSettings, type UserChanges } from './user-settings.ts'
import { settingsOf } from './user-view.ts'

export type UserSetting = keyof typeof actingSettings

export const settingGroups = ['person', 'logIn', 'access', 'rights'] as const

type SettingGroup = (typeof settingGroups)[number]

/** How the form shows each setting, and in which group; null for settings that a button changes. */
const fields: Record<UserSetting, [SettingGroup, FieldKind] | null> = {
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
  disabled: null,
}

/** The fields of the form, in order. */
export const offeredSettings = Object.entries(fields).flatMap(([name, field]) =>
  field ? [{ name: name as UserSetting, group: field[0], kind: field[1] }] : [],
)

export type FieldValues = Partial<Record<UserSetting, string>>

/** Returns a user's settings as the fields show them, with times in the reader's zone. */
export function valuesOf(user: User, timeZone: string | null): FieldValues {
  const view = settingsOf(user)
  const { authenticateUntil: until } = user
  const values = offeredSettings.map(({ name }) => [name, String(view[name] ?? '')])
  return {
    ...Object.fromEntries(values),
    authentication_method: user.authenticationMethod,
    authenticate_until: until === null ? '' : localTime(until, timeZone).slice(0, 16),
    sso_strategy_id: String(view.sso_strategy_id ?? 0),
  }
}

/**
 * Returns the changes that a form makes. A field that was not edited keeps its exact value, such as the seconds of a
 * time.
 * @throws {Problem} request-params-invalid; model-save-error
 */
export function readUserForm(
  values: FieldValues,
  user: User,
  timeZone: string | null,
): UserChanges {
  const shown = valuesOf(user, timeZone)
  const texts = Object.fromEntries(
    Object.entries(values)
      .filter(([name, text]) => text !== shown[name as UserSetting])
      .map(([name, text]) => [name, asSent(name as UserSetting, text, timeZone)]),
  )
  return readUserSettings(checkParameters(z.object(actingSettings), { values: {}, texts }), user)
}

function asSent(name: UserSetting, text: string, timeZone: string | null): string {
  if (name === 'password_validity_days') return text === '' ? '-1' : text
  if (name !== 'authenticate_until') return text
  const moment = momentOf(text, timeZone)
  return Number.isNaN(moment) ? text : new Date(moment).toISOString()
}
