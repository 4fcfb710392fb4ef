import type { Language } from '../http/languages.ts'
import { type AdminMessages, adminMessagesFor } from '../messages/admin-messages.ts'
import type { Rule } from '../sites/setting-fields.ts'
import type { UserSetting } from '../users/user-fields.ts'

/** Fields that are shown in another way, or that do not help a reader. */
export const untoldFields = [
  ...['id', 'user_id', 'site_id', 'created_at', 'user_count', 'aws_style_credentials'],
  ...['redirect_status', 'tested_redirect_host'],
]

/** Returns the label of an API field; null if it has none. A site and its users share some names. */
export function fieldText(language: Language, field: string, isOfSite: boolean): string | null {
  const { siteSettings, userSettings, fields } = adminMessagesFor(language)
  const rule = siteSettings.rules[field as Rule]?.label
  const setting = userSettings[field as UserSetting]?.label
  const [first, second] = isOfSite ? [rule, setting] : [setting, rule]
  return first ?? second ?? fields[field as keyof AdminMessages['fields']] ?? null
}
