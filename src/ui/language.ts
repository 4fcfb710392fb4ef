import { createContext, useContext } from 'hono/jsx'
import type { Language } from '../http/languages.ts'
import { type Messages, messagesFor } from '../messages/messages.ts'

export const LanguageContext = createContext<Language>('en')

export function useLanguage(): Language {
  return useContext(LanguageContext)
}

export function useMessages(): Messages {
  return messagesFor(useLanguage())
}
