import type { Language } from '../http/languages.ts'
import { spelledDate } from '../notifications/spelled-date.ts'
import { ruleTexts } from '../sites/setting-texts.ts'
import { factorTextsIn } from '../two-factor/page-texts.ts'
import { methodsOf } from '../two-factor/second-factor.ts'
import type { Names } from '../ui/admin/names.ts'
import { choiceWords, languageNames } from '../users/user-setting-texts.ts'
import { changeWords } from './change-texts.ts'

const LONGEST = 200
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** What a field of the API was or is, in plain words. */
export function changedValue(
  { language, names, timeZone }: { language: Language; names: Names; timeZone: string | null },
  { field, value }: { field: string; value: unknown },
): string {
  const t = changeWords[language]
  const words = choiceWords[language]
  if (field === 'client_secret') return value === 'replaced' ? t.replaced : '•••'
  if (value === null || value === undefined || value === '') return t.nothing
  if (typeof value === 'boolean') return value ? t.yes : t.no
  if (field === 'sso_strategy_id') return names.strategies.get(Number(value)) ?? String(value)
  if (field === 'type_of_2fa')
    return methodsOf({ typeOf2fa: String(value) })
      .map((method) => factorTextsIn(language)[method])
      .join(', ')
  const text = String(value)
  if (field === 'language') return languageNames[text] ?? text
  if (INSTANT.test(text)) return spelledDate(language, Date.parse(text), timeZone)
  const { all, siteAdmins } = ruleTexts[language]
  const known: Record<string, string> = {
    ...words.rule,
    ...words.authentication_method,
    ...(field === 'require_2fa_user_type' && { all, site_admins: siteAdmins }),
  }
  return known[text] ?? text.split('\n').join(', ').slice(0, LONGEST)
}
