import { type Language, languageNames } from '../http/languages.ts'
import { adminMessagesFor } from '../messages/admin-messages.ts'
import { messagesFor } from '../messages/messages.ts'
import { spelledDate } from '../notifications/spelled-date.ts'
import { methodsOf } from '../two-factor/second-factor.ts'
import type { Names } from '../ui/admin/names.ts'

const LONGEST = 200
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** Returns the old or new value of an API field in plain words. */
export function changedValue(
  { language, names, timeZone }: { language: Language; names: Names; timeZone: string | null },
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
  if (INSTANT.test(text)) return spelledDate(language, Date.parse(text), timeZone)
  const { all, siteAdmins } = siteSettings
  const known: Record<string, string> = {
    ...words.rule,
    ...words.authentication_method,
    ...(field === 'require_2fa_user_type' && { all, site_admins: siteAdmins }),
  }
  return known[text] ?? text.split('\n').join(', ').slice(0, LONGEST)
}
