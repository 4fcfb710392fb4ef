import type { Language } from '../../http/languages.ts'
import de from '../../messages/admin/de.json'
import en from '../../messages/admin/en.json'
import es from '../../messages/admin/es.json'
import fr from '../../messages/admin/fr.json'
import { useLanguage } from '../language.ts'

/** The English file says which texts there are. */
export type AdminMessages = typeof en

const messages: Record<Language, AdminMessages> = { en, de, es, fr }

/** The texts of admin pages, in one language: apart, since they are loaded with those pages. */
export function adminMessagesFor(language: Language): AdminMessages {
  return messages[language]
}

/** The texts of admin pages, in the language of the page. */
export function useAdminMessages(): AdminMessages {
  return adminMessagesFor(useLanguage())
}
