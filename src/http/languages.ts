import { parseAccept } from 'hono/utils/accept'

/** Each language that pages, mails and errors are in, as it calls itself. */
export const languageNames = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
} as const

export type Language = keyof typeof languageNames

/** The supported language that a tag such as `de-AT`, or a POSIX locale such as `de_DE.UTF-8`, means; or null. */
export function supportedLanguage(tag: unknown): Language | null {
  const primary = typeof tag === 'string' ? (tag.toLowerCase().split(/[-_]/)[0] ?? '') : ''
  return Object.hasOwn(languageNames, primary) ? (primary as Language) : null
}

/** The best supported language of an Accept-Language header; English when it names none. */
export function acceptedLanguage(header: string | undefined): Language {
  for (const { type, q } of parseAccept(header ?? '')) {
    const language = supportedLanguage(type)
    // A weight of 0 is "not acceptable" (RFC 9110 §12.4.2).
    if (language && q > 0) return language
  }
  return 'en'
}
