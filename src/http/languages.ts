import { parseAccept } from 'hono/utils/accept'
import { de } from './texts/de.ts'
import { en } from './texts/en.ts'
import { es } from './texts/es.ts'
import { fr } from './texts/fr.ts'

/** Every text for people, in one language. */
export type Texts = typeof en

const languages = { en, es, de, fr } satisfies Record<string, Texts>

export type Language = keyof typeof languages

export function textsIn(language: Language): Texts {
  return languages[language]
}

/** The supported language that a tag such as `de-AT`, or a POSIX locale such as `de_DE.UTF-8`, means; or null. */
export function supportedLanguage(tag: unknown): Language | null {
  const primary = typeof tag === 'string' ? (tag.toLowerCase().split(/[-_]/)[0] ?? '') : ''
  return Object.hasOwn(languages, primary) ? (primary as Language) : null
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
