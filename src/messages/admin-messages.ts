import type { Language } from '../http/languages.ts'
import de from './admin/de.json'
import en from './admin/en.json'
import es from './admin/es.json'
import fr from './admin/fr.json'

/** The English file says which texts there are. */
export type AdminMessages = typeof en

const messages: Record<Language, AdminMessages> = { en, de, es, fr }

/** The texts of admin pages, in one language: apart, since they are loaded with those pages. */
export function adminMessagesFor(language: Language): AdminMessages {
  return messages[language]
}
