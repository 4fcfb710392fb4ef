import type { Language } from '../platform/languages.ts'
import type { Rule, RuleGroup } from './rule-fields.ts'
import { de } from './rule-texts/de.ts'
import { en } from './rule-texts/en.ts'
import { es } from './rule-texts/es.ts'
import { fr } from './rule-texts/fr.ts'

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
