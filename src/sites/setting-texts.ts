import type { Language } from '../http/languages.ts'
import type { Rule, RuleGroup } from './setting-fields.ts'
import { de } from './setting-texts/de.ts'
import { en } from './setting-texts/en.ts'
import { es } from './setting-texts/es.ts'
import { fr } from './setting-texts/fr.ts'

export interface RuleTexts {
  /** Each with its name, and what it means or what is advised. */
  rules: Record<Rule, [label: string, hint: string]>
  groups: Record<RuleGroup, string>
  /** Of whom a second factor is asked. */
  all: string
  siteAdmins: string
  /** The language where the site has none. */
  callers: string
}

export const ruleTexts: Record<Language, RuleTexts> = { en, de, es, fr }
