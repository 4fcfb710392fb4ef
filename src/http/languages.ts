import { parseAccept } from 'hono/utils/accept'

/** The languages of pages, emails and errors, by their own names. */
export const languageNames = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
} as const

export type Language = keyof typeof languageNames

/**
 * Returns the supported language of a tag such as `de-AT`, or of a POSIX locale such as `de_DE.UTF-8`; null if there
 * is none.
 */
export function supportedLanguage(tag: unknown): Language | null {
  const primary = typeof tag === 'string' ? (tag.toLowerCase().split(/[-_]/)[0] ?? '') : ''
  return Object.hasOwn(languageNames, primary) ? (primary as Language) : null
}

/** Returns the best supported language of an Accept-Language header; English if it names none. */
export function acceptedLanguage(header: string | undefined): Language {
  for (const { type, q } of parseAccept(header ?? '')) {
    const language = supportedLanguage(type)
    // A weight of 0 is "not acceptable" (RFC 9110 §12.4.2).
    if (language && q > 0) return language
  }
  return 'en'
}
