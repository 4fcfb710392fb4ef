import { createContext, useContext } from 'hono/jsx'
import type { Language } from '../http/languages.ts'
import { spelledDate } from '../http/local-time.ts'
import { type Messages, messagesFor } from '../messages/messages.ts'

export const LanguageContext = createContext<Language>('en')

/** The reader's time zone; null if unknown. */
export const TimeZoneContext = createContext<string | null>(null)

export function useLanguage(): Language {
  return useContext(LanguageContext)
}

export function useMessages(): Messages {
  return messagesFor(useLanguage())
}

export function useTimeZone(): string | null {
  return useContext(TimeZoneContext)
}

/** Returns the function that writes a date and time for the reader. */
export function useSpelledDate(): (at: number) => string {
  const language = useLanguage()
  const timeZone = useTimeZone()
  return (at) => spelledDate(language, at, timeZone)
}
