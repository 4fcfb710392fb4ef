import { createContext, useContext } from 'hono/jsx'
import type { Language } from '../http/languages.ts'
import { type Messages, messagesFor } from '../messages/messages.ts'

/** The language of the page. */
export const LanguageContext = createContext<Language>('en')

export function useLanguage(): Language {
  return useContext(LanguageContext)
}

/** The texts in the language of the page. */
export function useMessages(): Messages {
  return messagesFor(useLanguage())
}
