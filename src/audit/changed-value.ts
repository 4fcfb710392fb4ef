import { type Language, languageNames } from '../http/languages.ts'
import { type AdminMessages, adminMessagesFor } from '../messages/admin-messages.ts'
import { messagesFor } from '../messages/messages.ts'
import type { Rule } from '../sites/setting-fields.ts'
import { methodsOf } from '../two-factor/second-factor.ts'
import type { Names } from '../ui/admin/names.ts'
import type { UserSetting } from '../users/user-fields.ts'

const LONGEST = 200
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** Returns the old or new value of an API field in plain words. */
export function changedValue(
  { language, names, spelled }: { language: Language; names: Names; spelled(at: number): string },
  { field, value }: { field: string; value: unknown },
): string {
  const { changes: t, choices: words, siteSettings } = adminMessagesFor(language)
  if (field === 'client_secret') return value === 'replaced' ? t.replaced : '•••'
  if (value === null || value === undefined || value === '') return t.nothing
  // The label asks whether the account is shared, so the value is inverted.
  if (typeof value === 'boolean') return value !== (field === 'self_managed') ? t.yes : t.no
  if (field === 'sso_strategy_id') return names.strategies.get(Number(value)) ?? String(value)
  if (field === 'type_of_2fa')
    return methodsOf({ typeOf2fa: String(value) })
      .map((method) => messagesFor(language).twoFactor[method])
      .join(', ')
  const text = String(value)
  if (field === 'language') return languageNames[text as Language] ?? text
  if (INSTANT.test(text)) return spelled(Date.parse(text))
  const { all, siteAdmins } = siteSettings
  const known: Record<string, string> = {
    ...words.rule,
    ...words.authentication_method,
    ...(field === 'require_2fa_user_type' && { all, site_admins: siteAdmins }),
  }
  return known[text] ?? text.split('\n').join(', ').slice(0, LONGEST)
}

/** Fields that are shown in another way, or that do not help a reader. */
export const hiddenFields = [
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
